import { afterEach, beforeEach, expect, test } from "vitest";
import { freshDatabase } from "@/db/testing";
import { systemActor } from "@/lib/auth/access/actor";
import { setSecretKey } from "@/lib/secrets/key";
import { auditList } from "@/lib/services/audit/list";
import { healthchecksList } from "@/lib/services/healthchecks/list";
import { checkJson } from "@/lib/services/healthchecks/wire";
import { jobsCreate } from "./create";
import { jobsDelete } from "./delete";
import { jobsGet } from "./get";
import { jobsImportChecks } from "./import-checks";
import { jobsList } from "./list";

let close: () => Promise<void>;
beforeEach(async () => {
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
});
afterEach(() => close());

const UUID = "f618072a-7bde-4eee-af63-71a77c5723bc";
/** As Healthchecks documents it. */
const CHECK = {
  name: "Database dump",
  slug: "db-dump",
  tags: "env:prod DB",
  desc: "runs on nas",
  grace: 605,
  n_pings: 3,
  status: "up",
  started: false,
  last_ping: "2026-01-01T00:00:00+00:00",
  next_ping: null,
  manual_resume: false,
  methods: "POST",
  start_kw: "",
  success_kw: "OK",
  failure_kw: "ERROR, FATAL",
  filter_subject: false,
  filter_body: false,
  filter_http_body: true,
  filter_default_fail: false,
  badge_url: "https://hc.example/b/2/x.svg",
  uuid: UUID,
  ping_url: `https://hc.example/ping/${UUID}`,
  update_url: "x",
  pause_url: "x",
  resume_url: "x",
  channels: "1,2",
  timeout: 3600,
  novelty: 1,
};

const importing = (checks: object[], create = false) =>
  jobsImportChecks.call(systemActor, { text: JSON.stringify({ checks }), create });
const names = async () => (await jobsList.call(systemActor, {})).items.map(({ name }) => name);

test("a look creates nothing and says what would be made, and names all that is not carried over", async () => {
  const { isCreated, checks } = await importing([CHECK]);
  expect(isCreated).toBe(false);
  expect(checks).toMatchObject([
    { name: "Database dump", jobId: null, reason: null, keepsUuid: true, graceMinutes: 11 },
  ]);
  const notes = checks[0]?.notes.join("\n") ?? "";
  for (const word of ["runs on nas", "2 integrations", "rounded", "ignored", "novelty"]) expect(notes).toContain(word);
  expect(notes).not.toMatch(/n_pings|badge_url|last_ping/);
  expect(await names()).toEqual([]);
});

test("a check becomes an external job with its schedule, words, tags, slug and the UUID that it had", async () => {
  const paused = { name: "Nightly", grace: 60, schedule: "5 4 * * *", tz: "Europe/Berlin", status: "paused" };
  const timer = { name: "Timer", grace: 60, schedule: "Mon..Fri *-*-* 10:00", tz: "UTC" };
  const { checks } = await importing([CHECK, paused, timer], true);
  const jobs = await Promise.all(checks.map(({ jobId }) => jobsGet.call(systemActor, { id: jobId })));
  expect(jobs).toMatchObject([
    {
      kind: "external",
      name: "Database dump",
      slug: "db-dump",
      uuid: UUID,
      schedule: { periodMinutes: 60 },
      graceMinutes: 11,
      methods: "post",
      keywords: { failure: ["ERROR", "FATAL"], warning: [], success: ["OK"] },
      labels: { env: "prod", db: "DB" },
      enabled: true,
    },
    { name: "Nightly", enabled: false, schedule: { cron: "5 4 * * *", timezone: "Europe/Berlin" } },
    { name: "Timer", schedule: { onCalendar: "Mon..Fri *-*-* 10:00", timezone: "UTC" } },
  ]);
  const { items } = await auditList.call(systemActor, {});
  expect(items.filter(({ verb }) => verb === "jobs.importChecks")).toHaveLength(3);
});

test("what is taken, twice there, or cannot be followed is left out with the reason, and the rest is made", async () => {
  await jobsCreate.call(systemActor, { kind: "external", name: "taken" });
  const { checks } = await importing(
    [
      { ...CHECK, name: "one" },
      { ...CHECK, name: "two" },
      { name: "taken", grace: 60, timeout: 60 },
      { name: "one", grace: 60, timeout: 60 },
      { name: "odd", grace: 60, schedule: "every now and then", tz: "UTC" },
      { name: "nowhere", grace: 60, schedule: "5 4 * * *", tz: "Mars/Base" },
      { name: "wrong", grace: "soon" },
    ],
    true,
  );
  expect(checks.map(({ reason }) => reason?.split(":")[0] ?? null)).toEqual([
    null,
    "It is in this export twice.",
    "There is a job with this name already.",
    "Another check of this export has the same name",
    expect.stringContaining("every now and then"),
    expect.stringContaining("Mars/Base"),
    "Its field “grace” cannot be read",
  ]);
  expect(await names()).toEqual(["taken", "one"]);
  expect((await importing([{ ...CHECK, name: "again" }])).checks[0]?.reason).toContain("UUID");
});

test("text that is no export is refused with what to paste", async () => {
  for (const text of ["", "{", "[]", "{}", "3", "null", '{"checks":[1]}', '{"error":"wrong api key"}'])
    await expect(jobsImportChecks.call(systemActor, { text })).rejects.toMatchObject({ code: "invalid" });
});

test("what Belfry itself answers in the API of Healthchecks is imported again as it was", async () => {
  const made = await importing([{ ...CHECK, grace: 600 }], true);
  const { checks } = await healthchecksList.call(systemActor, {});
  const exported = checks.map((check) => checkJson(check, 3));
  await jobsDelete.call(systemActor, { id: made.checks[0]?.jobId });
  const { checks: again } = await importing(exported, true);
  const { checks: after } = await healthchecksList.call(systemActor, {});
  expect(again).toMatchObject([{ reason: null, keepsUuid: true }]);
  expect(after.map((check) => ({ ...checkJson(check, 3), badge_url: "" }))).toEqual(
    exported.map((check) => ({ ...check, badge_url: "" })),
  );
});
