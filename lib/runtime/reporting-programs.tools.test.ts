import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ExternalJobView } from "@/lib/services/jobs/view";
import { openReportingFixture } from "./testing/reporting-fixture";

/*
 * Programs as Debian has them, unmodified, that report to Belfry: its address stands where that of the service would. Each of them
 * talks to the real server over a socket.
 */

let programs: Awaited<ReturnType<typeof openReportingFixture>>;
beforeEach(async () => {
  programs = await openReportingFixture();
});
afterEach(() => programs.close());

/** The configuration of borgmatic 1.7 with every hook whose service can be named. */
function borgmaticConfig(job: ExternalJobView, repository: string): string {
  const url = programs.urlsOf(job);
  const file = path.join(programs.folder, "config.yaml");
  writeFileSync(
    file,
    `location:
    source_directories:
        - ${path.join(programs.folder, "data")}
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
  mkdirSync(path.join(programs.folder, "data"), { recursive: true });
  writeFileSync(path.join(programs.folder, "data", "one"), "1");
  return file;
}

test("borgmatic with every hook it has makes one run of each backup, good or bad, with its error hook too", async () => {
  const job = await programs.addJob();
  const repository = path.join(programs.folder, "repository");
  const config = borgmaticConfig(job, repository);
  const bad = await programs.run("borgmatic", ["--config", config, "create", "prune"]);
  expect(bad.code, bad.text).toBe(1);
  await programs.settled();
  const [failed, ...others] = await programs.runsOf(job.id);
  expect(others).toEqual([]);
  expect(failed).toMatchObject({ status: "failure", startedAt: expect.any(String), finishedAt: expect.any(String) });
  expect(failed?.error).toMatch(/repository/i);
  const said = await programs.receivers();
  for (const one of ["healthchecks start", "cronitor start", "cronhub start", "ntfy start"])
    expect(said).toContain(one);
  for (const one of ["healthchecks failure", "cronitor failure", "cronhub failure", "ntfy failure"])
    expect(said).toContain(one);
  const log = await programs.logOf(failed?.id);
  expect(log.match(/Error running actions for repository/g)?.length).toBe(1);
  expect((await programs.run("borg", ["init", "--encryption", "none", repository])).code).toBe(0);
  const good = await programs.run("borgmatic", ["--config", config, "create", "prune"]);
  expect(good.code, good.text).toBe(0);
  await programs.settled();
  expect((await programs.runsOf(job.id)).map(({ status }) => status)).toEqual(["success", "failure"]);
});

test("Apprise reports by each of its ways that take an address", async () => {
  const job = await programs.addJob();
  const host = programs.url.replace("http://", "");
  const own = `${host}/in/${job.token}`;
  for (const address of [
    `json://${own}/json`,
    `form://${own}/form`,
    `xml://${own}/xml`,
    `apprise://${host}/${job.token}`,
  ]) {
    for (const type of ["failure", "success"]) {
      const { code, text } = await programs.run("apprise", [
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
      await programs.settled();
      programs.leap(120_000);
    }
  }
  expect((await programs.runsOf(job.id)).map(({ status }) => status)).toEqual(
    Array.from({ length: 4 }, () => ["success", "failure"]).flat(),
  );
});

test("curl tries again until Belfry answers, and that is one run", async () => {
  const job = await programs.addJob();
  let refused = 0;
  // Refuses as an overloaded server does, twice, and then passes everything on.
  const gate = createServer(async (request, response) => {
    if (refused++ < 2) return void response.writeHead(503, { "retry-after": "0" }).end();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = await fetch(programs.url + request.url, { method: request.method, body: Buffer.concat(chunks) });
    response.writeHead(answer.status).end(await answer.text());
  });
  gate.listen(0, "127.0.0.1");
  await once(gate, "listening");
  const url = `http://127.0.0.1:${(gate.address() as AddressInfo).port}/ping/${job.uuid}/1`;
  const log = `${"line\n".repeat(2_000)}disk full`;
  const { code, text } = await programs.run(
    "curl",
    ["-fsS", "-m", "10", "--retry", "5", "--retry-delay", "1", "--data-binary", "@-", url],
    log,
  );
  gate.close();
  expect(code, text).toBe(0);
  await programs.settled();
  expect(await programs.runsOf(job.id)).toMatchObject([{ status: "failure", error: "disk full" }]);
});

test("an upload without a length, wget, and a wrapper around restic with a run id are understood", async () => {
  const job = await programs.addJob();
  const { healthchecks: ping } = programs.urlsOf(job);
  expect((await programs.run("curl", ["-fsS", "-T", "-", ping], "put by curl")).code).toBe(0);
  await programs.settled();
  programs.leap(120_000);
  expect((await programs.run("wget", ["-q", "-T", "10", "-O", "/dev/null", ping])).code).toBe(0);
  await programs.settled();
  programs.leap(120_000);
  const script = `rid=$(cat /proc/sys/kernel/random/uuid)
curl -fsS -o /dev/null "${ping}/start?rid=$rid"
output=$(restic -r ${programs.folder}/nowhere --password-command 'echo x' backup ${programs.folder} 2>&1); code=$?
printf '%s' "$output" | curl -fsS -o /dev/null --data-binary @- "${ping}/$code?rid=$rid"`;
  const wrapped = await programs.run("sh", ["-c", script]);
  expect(wrapped.code, wrapped.text).toBe(0);
  await programs.settled();
  const [restic, ...others] = await programs.runsOf(job.id);
  expect(others.map(({ status }) => status)).toEqual(["success", "success"]);
  expect(restic).toMatchObject({ status: "failure", startedAt: expect.any(String) });
  expect(await programs.logOf(restic?.id)).toContain("Fatal:");
});
