import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import type { Actor } from "@/lib/auth/access/actor";
import type { Role } from "@/lib/core/role";
import { emit } from "@/lib/dispatch/emit";
import { openAlerts, runEvent } from "@/lib/dispatch/pipeline-fixture";
import { type JobFixture, openJobFixture } from "@/lib/jobs/testing/job-fixture";
import { profilesCreate } from "@/lib/services/profiles/create";
import { jobsBulk } from "./bulk";
import { jobsGet } from "./get";
import { jobsList } from "./list";

const as = (role: Role): Actor => ({ kind: "api_key", id: `key_${role}`, name: `a ${role}`, role, address: null });
const operator = as("operator");

let fixture: JobFixture;
beforeEach(async () => {
  fixture = await openJobFixture();
});
afterEach(() => fixture.close());

async function addJobs(count: number): Promise<string[]> {
  const sourceId = await fixture.source();
  const ids: string[] = [];
  for (let made = 0; made < count; made++)
    ids.push((await fixture.job({ sourceId, destinationIds: [], cron: "0 2 * * *", timezone: "UTC" })).id);
  return ids;
}

const bulk = (input: object, actor = operator) => jobsBulk.call(actor, input);
const read = (id: string | undefined) => jobsGet.call(operator, { id });
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => null,
    ({ code, message }: { code: string; message: string }) => `${code}: ${message}`,
  );

test("pain 53: profile, labels and state of many jobs are set at once, with an audit row for each", async () => {
  const ids = await addJobs(3);
  const { id: profileId } = await profilesCreate.call(as("admin"), { name: "Standard" });
  const labels = { env: "prod", team: "shop" };
  expect(await bulk({ ids, set: { profileId, labels } })).toEqual({ changed: 3 });
  // Put to what each has; null removes.
  const [first, second] = ids;
  expect(await bulk({ ids: [first], set: { labels: { env: "test", team: null } } })).toEqual({ changed: 1 });
  expect(await read(first)).toMatchObject({ profileId, labels: { env: "test" } });
  expect(await read(second)).toMatchObject({ profileId, labels });
  expect(await bulk({ label: "team:shop", set: { profileId: null } })).toEqual({ changed: 2 });
  expect((await jobsList.call(operator, { profileId })).items).toHaveLength(1);
  expect(await bulk({ label: "team:nobody", set: { enabled: false } })).toEqual({ changed: 0 });
  const { orm, t } = database();
  const rows = (await orm.select().from(t.auditLog)).filter(({ verb }) => verb === "jobs.bulk");
  expect(rows.map(({ entityId }) => entityId).sort()).toEqual([...ids, first, ...ids.slice(1)].sort());
  expect(rows[0]?.detail).toEqual({ profileId, labels });
});

test("disabling many closes their alerts and queued runs as a single disable does, and enabling plans the next run of each", async () => {
  const ids = await addJobs(2);
  for (const id of ids) await emit(runEvent("backup.failed", id));
  expect(await openAlerts()).toHaveLength(2);
  const [job] = (await jobsList.call(operator, {})).items;
  const runId = await fixture.queue({ ...job, id: job?.id ?? "" } as never);
  await bulk({ ids, set: { enabled: false } });
  expect(await openAlerts()).toEqual([]);
  const { orm, t } = database();
  expect((await orm.select().from(t.alerts)).map(({ resolution }) => resolution)).toEqual(
    ids.map(() => "subject_disabled"),
  );
  expect((await orm.select().from(t.runs)).find(({ id }) => id === runId)?.status).toBe("canceled");
  expect(await read(ids[0])).toMatchObject({ enabled: false, nextRunAt: null });
  await bulk({ ids, set: { enabled: true } });
  for (const id of ids) {
    const { enabled, nextRunAt } = await read(id);
    expect(enabled).toBe(true);
    expect(Date.parse(nextRunAt ?? "")).toBeGreaterThan(Date.now());
  }
});

test("it is all or nothing: one job that is gone, one that gets too many labels, a profile that does not exist", async () => {
  const ids = await addJobs(2);
  const [first] = ids;
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "v"]));
  expect(await refusal(bulk({ ids: [...ids, "job_gone"], set: { enabled: false } }))).toBe(
    "not_found: There is no such job: job_gone. Nothing was changed.",
  );
  await bulk({ ids: [first], set: { labels: many(50) } });
  expect(await refusal(bulk({ ids, set: { labels: { one: "more" }, enabled: false } }))).toMatch(
    /^invalid: job 1 would have more than 50 labels/,
  );
  expect(await refusal(bulk({ ids, set: { profileId: "prf_gone" } }))).toMatch(/^invalid/);
  for (const id of ids) expect(await read(id)).toMatchObject({ enabled: true, profileId: null });
  expect((await read(ids[1])).labels).toEqual({});
});

test("what says nothing, everything twice, or too much is refused, and so is a viewer", async () => {
  const [id] = await addJobs(1);
  expect(await refusal(bulk({ ids: [id], set: {} }))).toBe("invalid: Say what to set.");
  expect(await refusal(bulk({ set: { enabled: true } }))).toBe("invalid: Name jobs by ids or by a label.");
  expect(await refusal(bulk({ ids: [id], label: "a:b", set: { enabled: true } }))).toMatch(/^invalid/);
  const tooMany = Array.from({ length: 1_001 }, (_, index) => `job_${index}`);
  expect(await refusal(bulk({ ids: tooMany, set: { enabled: true } }))).toMatch(/^invalid/);
  expect(await refusal(bulk({ ids: [id], set: { enabled: false } }, as("viewer")))).toMatch(/^forbidden/);
  expect(await bulk({ ids: [id, id], set: { enabled: false } })).toEqual({ changed: 1 });
});
