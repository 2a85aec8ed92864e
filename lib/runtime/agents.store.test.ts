import { once } from "node:events";
import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { type Running, startProgram } from "@/e2e/support/child";
import { systemActor } from "@/lib/auth/access/actor";
import { openAlerts, until } from "@/lib/dispatch/pipeline-fixture";
import { clientsCreate } from "@/lib/services/clients/create";
import { clientsGet } from "@/lib/services/clients/get";
import { clientsRevoke } from "@/lib/services/clients/revoke";
import { clientsRotate } from "@/lib/services/clients/rotate";
import { clientMonitors, MINUTE, openClientFixture, SECOND } from "./testing/clients-fixture";
import { removeFolder } from "./testing/remove-folder";

const SCRIPT = path.resolve("public/belfry-agent.sh");

let fixture: Awaited<ReturnType<typeof openClientFixture>>;
let folder = "";
const running: Running[] = [];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-agent-"));
  fixture = await openClientFixture();
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop("SIGKILL");
  await fixture.close();
  await removeFolder(folder);
});

/** Starts the agent in the test's folder. */
function agent(args: readonly string[], more: Record<string, string> = {}): Running {
  const env = { ...process.env, BELFRY_AGENT_DIR: path.join(folder, "agent"), ...more };
  const started = startProgram("sh", [SCRIPT, ...args], { env, cwd: folder });
  running.push(started);
  return started;
}

/** Pipes a token into the installation, as the copied line does. @returns its exit code and what it said */
async function install(token: string, server = fixture.url): Promise<{ code: number | null; words: string }> {
  const env = {
    ...process.env,
    BELFRY_AGENT_DIR: path.join(folder, "agent"),
    TOKEN: token,
    SERVER: server,
    SCRIPT,
  };
  const line = `printf '%s\\n' "$TOKEN" | sh "$SCRIPT" install "$SERVER"`;
  const started = startProgram("sh", ["-c", line], { env, cwd: folder });
  running.push(started);
  await until(() => started.child.exitCode !== null);
  return { code: started.child.exitCode, words: started.words() };
}

/** Reports each second, which the interface does not let anybody ask for. */
async function hurry(id: string): Promise<void> {
  const { orm, t } = database();
  await orm.update(t.clients).set({ intervalSeconds: 1 }).where(eq(t.clients.id, id));
}

const create = () => clientsCreate.call(systemActor, { name: "web-1", origin: fixture.url });
const seen = (id: string) => clientsGet.call(systemActor, { id });
const titles = () => fixture.receiver.received.map(({ title }) => title);
const isOnline = async (id: string) => (await seen(id)).status === "online";

test("the agent is installed by its line, reports its machine, and keeps its token to itself", async () => {
  const { id, token } = await create();
  const { code, words } = await install(token);
  expect([code, words]).toEqual([0, expect.stringContaining("the first report has arrived")]);
  const client = await seen(id);
  expect(client).toMatchObject({ status: "online", version: "2", hostname: expect.stringMatching(/./) });
  expect(client.disks.find(({ mount }) => mount === "/")?.totalBytes).toBeGreaterThan(1_000_000);
  const file = path.join(folder, "agent/token.curl");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  expect(readFileSync(path.join(folder, "agent/agent.conf"), "utf8")).not.toContain(token);
});

test("pain 37: no process of the agent has the token among its arguments or in its environment", async () => {
  const { token } = await create();
  await install(token);
  // Ends up in front of the real curl, and keeps what it was given.
  const bin = path.join(folder, "bin");
  const spy = `mkdir -p ${bin} && printf '#!/bin/sh\\nps axeww -o args > ${folder}/seen\\nexec /usr/bin/curl "$@"\\n' > ${bin}/curl && chmod +x ${bin}/curl`;
  await startProgram("sh", ["-c", spy]).stop("SIGCONT");
  const beat = agent(["beat"], { PATH: `${bin}:${process.env.PATH}` });
  await until(() => beat.child.exitCode !== null);
  expect(beat.child.exitCode).toBe(0);
  const listed = readFileSync(path.join(folder, "seen"), "utf8");
  expect(listed).toContain("belfry-agent.sh");
  expect(listed).not.toContain(token);
});

test("killed, it is offline and people are notified once; started again, they get the recovery", async () => {
  const { id, token } = await create();
  await hurry(id);
  const watching = [clientMonitors()];
  await fixture.pass(10 * SECOND, watching);
  await install(token);
  const first = agent(["run"]);
  await until(async () => (await seen(id)).acknowledgedIntervalSeconds === 1);
  // A report of it that is under way would arrive when it counts as dead.
  const isSilent = once(first.child, "close");
  await first.stop("SIGKILL");
  await isSilent;
  await fixture.pass(4 * MINUTE, watching);
  expect([(await seen(id)).status, titles()]).toEqual(["offline", []]);
  await fixture.pass(2 * MINUTE, watching);
  await until(() => titles().length === 1);
  expect(titles()).toEqual(["Client Offline: web-1"]);
  await fixture.pass(60 * MINUTE, watching, MINUTE);
  agent(["run"]);
  await until(() => titles().length === 2);
  expect(fixture.receiver.received[1]).toMatchObject({
    status: "resolved",
    message: expect.stringMatching(/offline for 1 h [56] min/),
  });
  expect([await isOnline(id), await openAlerts()]).toEqual([true, []]);
});

test("stopped by SIGSTOP it is offline as well, and online once it goes on", async () => {
  const { id, token } = await create();
  await hurry(id);
  const watching = [clientMonitors()];
  await fixture.pass(10 * SECOND, watching);
  await install(token);
  const run = agent(["run"]);
  await until(async () => (await seen(id)).acknowledgedIntervalSeconds === 1);
  run.child.kill("SIGSTOP");
  await fixture.pass(6 * MINUTE, watching);
  await until(() => titles().length === 1);
  expect(await isOnline(id)).toBe(false);
  run.child.kill("SIGCONT");
  await until(() => titles().length === 2);
  expect(await isOnline(id)).toBe(true);
});

test("with a revoked token it says what to do and is not let in; with a new one it is", async () => {
  const { id, token } = await create();
  await hurry(id);
  await install(token);
  const before = await seen(id);
  await clientsRevoke.call(systemActor, { id });
  fixture.clock.now += MINUTE;
  const run = agent(["run"]);
  await until(() => run.words().includes("the server refuses the token of this client"));
  expect((await seen(id)).lastSeenAt).toBe(before.lastSeenAt);
  const refused = await install(token);
  expect([refused.code, refused.words]).toEqual([1, expect.stringContaining("the first report failed")]);
  const { token: fresh } = await clientsRotate.call(systemActor, { id, origin: fixture.url });
  expect((await install(fresh)).code).toBe(0);
  // The agent that runs reads the new token with its next report.
  const said = run.words().length;
  fixture.clock.now += MINUTE;
  await until(async () => (await seen(id)).lastSeenAt === new Date(fixture.clock.now).toISOString());
  expect(run.words().slice(said)).toBe("");
});

test("without a server it goes on trying, and what is no token or no address is refused with a sentence", async () => {
  const { id, token } = await create();
  await hurry(id);
  await install(token);
  expect(await install("bfc_a;reboot")).toMatchObject({ code: 1, words: expect.stringContaining("not the token") });
  expect(await install(token, "ftp://x")).toMatchObject({ code: 1, words: expect.stringContaining("where Belfry is") });
  expect(await install(token, "http://127.0.0.1:1")).toMatchObject({
    code: 1,
    words: expect.stringContaining("could not report to http://127.0.0.1:1"),
  });
  const run = agent(["run"]);
  await until(() => run.words().includes("could not report"));
  await install(token);
  fixture.clock.now += MINUTE;
  await until(async () => (await seen(id)).lastSeenAt === new Date(fixture.clock.now).toISOString());
  expect(run.child.exitCode).toBeNull();
});
