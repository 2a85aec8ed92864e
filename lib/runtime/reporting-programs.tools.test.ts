import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { systemActor } from "@/lib/auth/access/actor";
import { receiverUrls } from "@/lib/core/receiver-urls";
import { SignalCounting } from "@/lib/jobs/reported-runs/signal-counting";
import { jobsCreate } from "@/lib/services/jobs/create";
import type { ExternalJobView } from "@/lib/services/jobs/view";
import { runsList } from "@/lib/services/runs/list";
import { runsLog } from "@/lib/services/runs/log";
import { openClientFixture } from "./testing/clients-fixture";

/*
 * Programs as Debian has them, unmodified, that report to Belfry: its address stands where that of the service would. Each of them
 * talks to the real server over a socket.
 */

let fixture: Awaited<ReturnType<typeof openClientFixture>>;
let counting: SignalCounting;
let folder: string;
beforeEach(async () => {
  fixture = await openClientFixture();
  counting = new SignalCounting({ leads: () => true });
  await counting.start();
  folder = mkdtempSync(path.join(tmpdir(), "belfry-reports-"));
});
afterEach(async () => {
  await counting.stop();
  await fixture.close();
  rmSync(folder, { recursive: true, force: true });
});

const addJob = async (name = "nas") =>
  (await jobsCreate.call(systemActor, { kind: "external", name, notifications: [] })) as ExternalJobView;

function urlsOf({ token, uuid }: ExternalJobView) {
  return receiverUrls(fixture.url, { token: token ?? "", uuid: uuid ?? "" });
}

/** Runs a program to its end. It has a home and a session of its own. @returns its exit code and all that it wrote */
async function run(file: string, args: readonly string[], input = ""): Promise<{ code: number | null; text: string }> {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    LANG: "C.UTF-8",
    NODE_ENV: "production" as const,
    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: "yes",
  };
  const child = spawn(file, args, { cwd: folder, env, detached: true, stdio: ["pipe", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk));
  child.stdin.end(input);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, text };
}

/** Everything that has arrived is counted. */
async function settled(): Promise<void> {
  const { orm, t } = database();
  for (;;) {
    fixture.clock.now += 1_500;
    fixture.clock.passed += 1_500;
    await counting.tick();
    const rows = await orm.select({ foldedAt: t.signals.foldedAt }).from(t.signals);
    if (rows.every(({ foldedAt }) => foldedAt !== null)) return;
  }
}

const runsOf = async (jobId: string) => (await runsList.call(systemActor, { jobId })).items;
const logOf = async (id: string | undefined) => (await runsLog.call(systemActor, { id })).text;
const receivers = async () => {
  const { orm, t } = database();
  const rows = await orm.select({ receiver: t.signals.receiver, state: t.signals.state }).from(t.signals);
  return rows.map(({ receiver, state }) => `${receiver} ${state}`).sort();
};

/** The configuration of borgmatic 1.7 with every hook whose service can be named. */
function borgmaticConfig(job: ExternalJobView, repository: string): string {
  const url = urlsOf(job);
  const file = path.join(folder, "config.yaml");
  writeFileSync(
    file,
    `location:
    source_directories:
        - ${path.join(folder, "data")}
    repositories:
        - ${repository}
retention:
    keep_daily: 7
hooks:
    on_error:
        - curl -fsS -m 10 --retry 3 -o /dev/null ${url.healthchecks}/fail
    healthchecks:
        ping_url: ${url.healthchecks}
    cronitor:
        ping_url: ${url.cronitor}
    cronhub:
        ping_url: ${url.cronhub}
    ntfy:
        topic: backups
        server: ${url.ntfy}
        states: [start, finish, fail]
        start: {title: A Borgmatic START event happened, message: A Borgmatic START event happened}
        finish: {title: A Borgmatic FINISH event happened, message: A Borgmatic FINISH event happened}
        fail: {title: A Borgmatic FAIL event happened, message: A Borgmatic FAIL event happened}
`,
    { mode: 0o600 },
  );
  mkdirSync(path.join(folder, "data"), { recursive: true });
  writeFileSync(path.join(folder, "data", "one"), "1");
  return file;
}

test("borgmatic with every hook it has makes one run of each backup, good or bad, with its error hook too", async () => {
  const job = await addJob();
  const repository = path.join(folder, "repository");
  const config = borgmaticConfig(job, repository);
  const bad = await run("borgmatic", ["--config", config, "create", "prune"]);
  expect(bad.code, bad.text).toBe(1);
  await settled();
  const [failed, ...others] = await runsOf(job.id);
  expect(others).toEqual([]);
  expect(failed).toMatchObject({ status: "failure", startedAt: expect.any(String), finishedAt: expect.any(String) });
  expect(failed?.error).toMatch(/repository/i);
  const said = await receivers();
  for (const one of ["healthchecks start", "cronitor start", "cronhub start", "ntfy start"])
    expect(said).toContain(one);
  for (const one of ["healthchecks failure", "cronitor failure", "cronhub failure", "ntfy failure"])
    expect(said).toContain(one);
  const log = await logOf(failed?.id);
  expect(log.match(/Error running actions for repository/g)?.length).toBe(1);
  expect((await run("borg", ["init", "--encryption", "none", repository])).code).toBe(0);
  const good = await run("borgmatic", ["--config", config, "create", "prune"]);
  expect(good.code, good.text).toBe(0);
  await settled();
  expect((await runsOf(job.id)).map(({ status }) => status)).toEqual(["success", "failure"]);
});

test("Apprise reports by each of its ways that take an address", async () => {
  const job = await addJob();
  const host = fixture.url.replace("http://", "");
  const own = `${host}/in/${job.token}`;
  for (const address of [
    `json://${own}/json`,
    `form://${own}/form`,
    `xml://${own}/xml`,
    `apprise://${host}/${job.token}`,
  ]) {
    for (const type of ["failure", "success"]) {
      const { code, text } = await run("apprise", [
        "-vv",
        "-t",
        "Nightly backup",
        "-b",
        "it ended",
        "-n",
        type,
        address,
      ]);
      expect(code, `${address} ${text}`).toBe(0);
      await settled();
      fixture.clock.now += 120_000;
      fixture.clock.passed += 120_000;
    }
  }
  expect((await runsOf(job.id)).map(({ status }) => status)).toEqual(
    Array.from({ length: 4 }, () => ["success", "failure"]).flat(),
  );
});

test("curl tries again until Belfry answers, and that is one run", async () => {
  const job = await addJob();
  let refused = 0;
  // Refuses as an overloaded server does, twice, and then passes everything on.
  const gate = createServer(async (request, response) => {
    if (refused++ < 2) return void response.writeHead(503, { "retry-after": "0" }).end();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = await fetch(fixture.url + request.url, { method: request.method, body: Buffer.concat(chunks) });
    response.writeHead(answer.status).end(await answer.text());
  });
  gate.listen(0, "127.0.0.1");
  await once(gate, "listening");
  const url = `http://127.0.0.1:${(gate.address() as AddressInfo).port}/ping/${job.uuid}/1`;
  const log = `${"line\n".repeat(2_000)}disk full`;
  const { code, text } = await run(
    "curl",
    ["-fsS", "-m", "10", "--retry", "5", "--retry-delay", "1", "--data-binary", "@-", url],
    log,
  );
  gate.close();
  expect(code, text).toBe(0);
  await settled();
  expect(await runsOf(job.id)).toMatchObject([{ status: "failure", error: "disk full" }]);
});

test("an upload without a length, wget, and a wrapper around restic with a run id are understood", async () => {
  const job = await addJob();
  const { healthchecks: ping } = urlsOf(job);
  expect((await run("curl", ["-fsS", "-T", "-", ping], "put by curl")).code).toBe(0);
  await settled();
  fixture.clock.now += 120_000;
  expect((await run("wget", ["-q", "-T", "10", "-O", "/dev/null", ping])).code).toBe(0);
  await settled();
  fixture.clock.now += 120_000;
  const script = `rid=$(cat /proc/sys/kernel/random/uuid)
curl -fsS -o /dev/null "${ping}/start?rid=$rid"
output=$(restic -r ${folder}/nowhere --password-command 'echo x' backup ${folder} 2>&1); code=$?
printf '%s' "$output" | curl -fsS -o /dev/null --data-binary @- "${ping}/$code?rid=$rid"`;
  const wrapped = await run("sh", ["-c", script]);
  expect(wrapped.code, wrapped.text).toBe(0);
  await settled();
  const [restic, ...others] = await runsOf(job.id);
  expect(others.map(({ status }) => status)).toEqual(["success", "success"]);
  expect(restic).toMatchObject({ status: "failure", startedAt: expect.any(String) });
  expect(await logOf(restic?.id)).toContain("Fatal:");
});
