import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { type Running, startProgram } from "@/e2e/support/child";
import { systemActor } from "@/lib/auth/access/actor";
import { until } from "@/lib/dispatch/pipeline-fixture";
import { clientsCreate } from "@/lib/services/clients/create";
import { clientsGet } from "@/lib/services/clients/get";
import { jobsCreate } from "@/lib/services/jobs/create";
import { jobsRun } from "@/lib/services/jobs/run";
import { runsCancel } from "@/lib/services/runs/cancel";
import { runsGet } from "@/lib/services/runs/get";
import { runsLog } from "@/lib/services/runs/log";
import { openClientFixture } from "./testing/clients-fixture";
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
  for (const id of runFolders()) if (existsSync(at("agent/runs", id, "pid"))) killProcess(pidOf(id, "pid"));
  await fixture.close();
  await removeFolder(folder);
});

const at = (...parts: string[]) => path.join(folder, ...parts);
const runFolders = () => (existsSync(at("agent/runs")) ? readdirSync(at("agent/runs")) : []);
const pidOf = (id: string, file: "pid" | "group") => Number(readFileSync(at("agent/runs", id, file), "utf8"));

function killProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

function agent(args: readonly string[]): Running {
  const started = startProgram("sh", [SCRIPT, ...args], {
    env: { ...process.env, BELFRY_AGENT_DIR: at("agent") },
    cwd: folder,
  });
  running.push(started);
  return started;
}

async function beat(): Promise<void> {
  const { child } = agent(["beat"]);
  await until(() => child.exitCode !== null);
}

/** A client with an agent whose configuration allows these jobs, and a job here for each. */
async function setUp(allowed: string): Promise<{ clientId: string; run(clientJob: string): Promise<string> }> {
  const { id: clientId, token } = await clientsCreate.call(systemActor, { name: "web-1", origin: fixture.url });
  const { orm, t } = database();
  await orm.update(t.clients).set({ intervalSeconds: 1 }).where(eq(t.clients.id, clientId));
  const env = { ...process.env, BELFRY_AGENT_DIR: at("agent"), TOKEN: token, SERVER: fixture.url, SCRIPT };
  const line = `printf '%s\\n' "$TOKEN" | sh "$SCRIPT" install "$SERVER"`;
  const { child } = startProgram("sh", ["-c", line], { env, cwd: folder });
  await until(() => child.exitCode !== null);
  expect(child.exitCode).toBe(0);
  writeFileSync(at("agent/jobs.conf"), allowed);
  return {
    clientId,
    async run(clientJob) {
      const job = await jobsCreate.call(systemActor, { name: `job ${clientJob}`, clientId, clientJob });
      return (await jobsRun.call(systemActor, { id: job.id })).runId;
    },
  };
}

const seen = (id: string) => runsGet.call(systemActor, { id });
const ended = (id: string) => until(async () => !["queued", "running"].includes((await seen(id)).status));

test("an allowed job is executed, its log and figures arrive, and nothing of it stays", async () => {
  const facts = `printf 'bytes=4096\\nfiles=3\\narchive=www-1\\n' > "$BELFRY_FACTS"`;
  const { clientId, run } = await setUp(
    `# what may run here\nwww = echo 'hello "world" \\ ü'; echo "job $BELFRY_JOB" >&2; ${facts}\nbad=echo broken; exit 3\n`,
  );
  const [good, bad, unknown] = [await run("www"), await run("bad"), await run("other")];
  agent(["run"]);
  for (const id of [good, bad, unknown]) await ended(id);
  expect(await seen(good)).toMatchObject({ status: "success", bytes: 4_096, files: 3, archive: "www-1" });
  const { text } = await runsLog.call(systemActor, { id: good });
  expect(text).toContain('hello "world" \\ ü\n');
  expect(text).toContain("job www\n");
  expect(await seen(bad)).toMatchObject({ status: "failure", error: "The command ended with 3. broken" });
  expect((await seen(unknown)).error).toContain("This machine allows no job named other");
  await until(() => runFolders().length === 0);
  expect((await clientsGet.call(systemActor, { id: clientId })).allowedJobs.sort()).toEqual(["bad", "www"]);
});

test("a server that sends paths, commands or odd ids for names makes the agent run nothing", async () => {
  await setUp("../x=touch evil\na;b=touch evil\na=touch evil\nwww=touch allowed\n");
  const asked: string[] = [];
  const work = ["../x", "a;b", "$(touch evil)", "a b", "-x", ""].map((job) => ({ runId: "run_1", job }));
  const odd = ["../../etc", "run_../x", "run_;x", "x", "run_$(id)"].map((runId) => ({ runId, job: "www" }));
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end(JSON.stringify({ intervalSeconds: 60, work: [...work, ...odd], cancel: ["../../x", "a;b"] }));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  writeFileSync(at("agent/agent.conf"), `server=http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
  await beat();
  await beat();
  server.close();
  expect(asked).toEqual(["/api/v1/agent/heartbeat", "/api/v1/agent/heartbeat"]);
  expect([runFolders(), existsSync(at("evil")), existsSync(at("allowed"))]).toEqual([[], false, false]);
});

test("a result outlives kill -9 of the agent and a server that is away, and is reported once it is back", async () => {
  const { run } = await setUp(`www=echo begun; while [ ! -e ${at("go")} ]; do sleep 0.1; done; echo done\n`);
  const id = await run("www");
  const first = agent(["run"]);
  await until(async () => (await seen(id)).status === "running");
  await first.stop("SIGKILL");
  const conf = readFileSync(at("agent/agent.conf"), "utf8");
  writeFileSync(at("agent/agent.conf"), "server=http://127.0.0.1:1\n");
  writeFileSync(at("go"), "");
  await until(() => existsSync(at("agent/runs", id, "result")));
  // The process that sees to the run is ended as well, as by a restart of the machine.
  killProcess(pidOf(id, "pid"));
  expect((await seen(id)).status).toBe("running");
  writeFileSync(at("agent/agent.conf"), conf);
  await beat();
  await ended(id);
  expect(await seen(id)).toMatchObject({ status: "success" });
  expect((await runsLog.call(systemActor, { id })).text).toMatch(/begun\n.*done\n/);
  await until(() => runFolders().length === 0);
});

test("of a long output both ends arrive, and what is no text in it does no harm", async () => {
  const { run } = await setUp("www=printf 'first \\377\\001 line\\n'; seq 1 300000; printf 'end without a newline'\n");
  const id = await run("www");
  await beat();
  await ended(id);
  expect(await seen(id)).toMatchObject({ status: "success" });
  const { text } = await runsLog.call(systemActor, { id });
  expect(text).toMatch(/^\S+ first {2}line\n\S+ 1\n\S+ 2\n/);
  expect(text).toMatch(/… .* bytes\) of this log left out …/);
  expect(text).not.toContain("characters left out");
  expect(text).toMatch(/ 299999\n\S+ 300000\n\S+ end without a newline\n/);
});

test("a run whose processes are killed with kill -9 is reported as interrupted, and what is left of it ends", async () => {
  const { run } = await setUp("www=echo begun; sleep 600\n");
  const id = await run("www");
  await beat();
  await until(async () => (await seen(id)).status === "running");
  const group = pidOf(id, "group");
  killProcess(pidOf(id, "pid"));
  await until(() => !isAlive(pidOf(id, "pid")));
  await beat();
  await ended(id);
  expect(await seen(id)).toMatchObject({ status: "failure", error: expect.stringContaining("was interrupted") });
  await until(() => !isAlive(group));
});

test("a job runs once at a time, and one that is canceled here is ended there", async () => {
  const { run } = await setUp(`www=echo x >> ${at("starts")}; sleep 600\n`);
  const id = await run("www");
  await beat();
  await until(async () => (await seen(id)).status === "running");
  const second = await jobsRun.call(systemActor, { id: (await seen(id)).jobId ?? "" });
  await beat();
  expect([(await seen(second.runId)).status, readFileSync(at("starts"), "utf8")]).toEqual(["queued", "x\n"]);
  const group = pidOf(id, "group");
  await runsCancel.call(systemActor, { id: second.runId });
  await runsCancel.call(systemActor, { id });
  await until(() => !isAlive(group));
  await until(() => runFolders().length === 0);
  expect(await seen(id)).toMatchObject({ status: "canceled" });
});
