import { afterEach, beforeEach, expect, test } from "vitest";
import { openReportingFixture } from "./testing/reporting-fixture";

/* Clients of monitoring services as npm has them, unmodified; programs are written with them. */

/** Null only where the registry cannot be reached: then there is nothing to test with. */
const { fetchNpmClients } = (await import("./testing/npm-clients.mjs" as string)) as {
  fetchNpmClients(): string | null;
};
const clients = fetchNpmClients();
let programs: Awaited<ReturnType<typeof openReportingFixture>>;
beforeEach(async () => {
  programs = await openReportingFixture();
});
afterEach(() => programs.close());

async function runScript(script: string, ...args: string[]): Promise<void> {
  const found = `const use = require("node:module").createRequire(${JSON.stringify(`${clients}/`)});`;
  const { code, text } = await programs.run(process.execPath, ["-e", found + script, ...args]);
  expect(code, text).toBe(0);
}

test.skipIf(clients === null)("check-ins of Sentry for Node make runs; its errors and sessions make none", async () => {
  const job = await programs.addJob();
  await runScript(
    `const Sentry = use("@sentry/node");
Sentry.init({ dsn: process.argv[1], release: "r1" });
(async () => {
  const checkInId = Sentry.captureCheckIn({ monitorSlug: "nightly", status: "in_progress" });
  Sentry.captureCheckIn({ monitorSlug: "nightly", status: "error", checkInId, duration: 3 });
  Sentry.captureException(new Error("it failed, as was to be expected"));
  await Sentry.close(30_000);
})();`,
    programs.urlsOf(job).sentry,
  );
  await programs.settled();
  expect(await programs.receivers()).toEqual(["sentry failure", "sentry start"]);
  expect(await programs.runsOf(job.id)).toMatchObject([{ status: "failure", startedAt: expect.any(String) }]);
  programs.leap(120_000);

  const schedule = `{ schedule: { type: "crontab", value: "0 2 * * *" } }`;
  await runScript(
    `const Sentry = use("@sentry/node");
Sentry.init({ dsn: process.argv[1] });
(async () => {
  await Sentry.withMonitor("nightly", async () => "done", ${schedule});
  await Sentry.flush(30_000);
  await Sentry.withMonitor("other", async () => { throw new Error("no space"); }, ${schedule}).catch(() => {});
  await Sentry.close(30_000);
})();`,
    programs.urlsOf(job).sentry,
  );
  await programs.settled();
  const statuses = (await programs.runsOf(job.id)).map(({ status }) => status).sort();
  expect(statuses).toEqual(["failure", "failure", "success"]);
});

test.skipIf(clients === null)(
  "Cronitor for Node wraps what it watches, and names durations among metrics",
  async () => {
    const job = await programs.addJob();
    // The package has no setting for the service's address: this is the one place where it stands.
    const setUp = `const cronitor = use("cronitor")("an-api-key");
cronitor._api.pingUrl = (key) => process.argv[1] + "/ping/an-api-key/" + key;`;
    const address = programs.urlsOf(job).cronitor;
    await runScript(
      `${setUp}
cronitor.wrap("nightly", () => { throw new Error("no space on /srv & 50% of it?"); })();`,
      address,
    );
    await programs.settled();
    const [failed] = await programs.runsOf(job.id);
    expect(failed).toMatchObject({ status: "failure", startedAt: expect.any(String) });
    expect(failed?.error).toContain("no space on /srv & 50% of it?");
    programs.leap(120_000);
    await runScript(
      `${setUp}
new cronitor.Monitor("nightly").ping({ state: "complete", message: "all of /srv", metrics: { count: 3, error_count: 0, duration: 12.5 } });`,
      address,
    );
    await programs.settled();
    const [run, ...others] = await programs.runsOf(job.id);
    expect(others.map(({ id }) => id)).toEqual([failed?.id]);
    expect(run?.status).toBe("success");
    expect(Date.parse(run?.finishedAt ?? "") - Date.parse(run?.startedAt ?? "")).toBe(12_500);
  },
);

test.skipIf(clients === null)(
  "what pino pushes to Loki while a run goes on is its log, and the job's keywords find a failure in it",
  async () => {
    const job = await programs.addJob("nas", { keywords: { failure: ["no space left"] } });
    const urls = programs.urlsOf(job);
    const { origin, pathname } = new URL(urls.loki);
    const ping = async (path: string) => expect((await fetch(urls.healthchecks + path)).status).toBe(200);
    for (const last of ["no space left on /srv", "all files are stored"]) {
      await ping("/start");
      await runScript(
        `const { pinoLoki } = use("pino-loki");
const [origin, endpoint, last] = process.argv.slice(1);
const log = pinoLoki({ host: origin, endpoint, labels: { job: "nas" }, batching: false });
for (const msg of ["backup of /srv has begun", last]) log.write(JSON.stringify({ level: 30, time: Date.now(), msg }) + "\\n");
log.end();`,
        origin,
        pathname,
        last,
      );
      await ping("");
      await programs.settled();
      programs.leap(120_000);
    }
    expect(await programs.receivers()).toContain("loki log");
    const [good, bad, ...others] = await programs.runsOf(job.id);
    expect([good?.status, bad?.status, others]).toEqual(["success", "failure", []]);
    expect(await programs.logOf(bad?.id)).toContain("no space left on /srv");
  },
);
