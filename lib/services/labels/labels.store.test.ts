import { afterAll, beforeAll, expect, test } from "vitest";
import { database } from "@/db/client";
import type { Actor } from "@/lib/auth/access/actor";
import type { Role } from "@/lib/core/role";
import { type JobFixture, openJobFixture } from "@/lib/jobs/testing/job-fixture";
import { channelsCreate } from "@/lib/services/channels/create";
import { channelsDelete } from "@/lib/services/channels/delete";
import { channelsDuplicate } from "@/lib/services/channels/duplicate";
import { channelsList } from "@/lib/services/channels/list";
import { channelsUpdate } from "@/lib/services/channels/update";
import { jobsCreate } from "@/lib/services/jobs/create";
import { jobsDelete } from "@/lib/services/jobs/delete";
import { jobsGet } from "@/lib/services/jobs/get";
import { jobsList } from "@/lib/services/jobs/list";
import { jobsUpdate } from "@/lib/services/jobs/update";
import { sourcesCreate, sourcesDelete, sourcesList, sourcesUpdate } from "@/lib/services/sources/verbs";
import { labelsList } from "./list";

const as = (role: Role): Actor => ({ kind: "api_key", id: `key_${role}`, name: `a ${role}`, role, address: null });
const admin = as("admin");
const operator = as("operator");
const viewer = as("viewer");

let fixture: JobFixture;
let base: { sourceId: string; destinationIds: string[] };
beforeAll(async () => {
  fixture = await openJobFixture();
  base = { sourceId: await fixture.source(), destinationIds: [await fixture.destination("disk")] };
});
afterAll(() => fixture.close());

const names = (page: { items: { name: string }[] }) => page.items.map(({ name }) => name);
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error: { code: string; details: { fields?: Record<string, string> } }) => error.details.fields ?? error.code,
  );

test("a job's labels are set by operators, replaced as a map, kept by other changes, and removed with the job", async () => {
  const labels = { env: "prod", team: "shop" };
  const job = await jobsCreate.call(operator, { ...base, name: "media", labels });
  expect(job.labels).toEqual(labels);
  expect((await jobsUpdate.call(operator, { id: job.id, retries: 2 })).labels).toEqual(labels);
  expect((await jobsUpdate.call(operator, { id: job.id, labels: { env: "test" } })).labels).toEqual({ env: "test" });
  expect((await jobsGet.call(viewer, { id: job.id })).labels).toEqual({ env: "test" });
  expect(await refusal(jobsUpdate.call(viewer, { id: job.id, labels: {} }))).toBe("forbidden");
  await jobsDelete.call(operator, { id: job.id });
  const { orm, t } = database();
  expect(await orm.select().from(t.labels)).toEqual([]);
});

test("what cannot be a label is refused beside its key, and more than 50 of one thing are", async () => {
  const create = (labels: unknown) => refusal(jobsCreate.call(operator, { ...base, name: "refused", labels }));
  expect(await create({ Env: "prod" })).toEqual({ "labels.Env": expect.stringContaining("lower-case") });
  expect(await create({ [`a${"b".repeat(63)}`]: "x" })).toEqual({
    [`labels.a${"b".repeat(63)}`]: "At most 63 characters in a key.",
  });
  expect(await create({ env: " " })).toEqual({ "labels.env": "Enter a value." });
  expect(await create({ env: "x".repeat(101) })).toEqual({ "labels.env": "At most 100 characters in a value." });
  expect(await create({ env: "a\nb" })).toEqual({ "labels.env": "A value is one line." });
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, "v"]));
  expect(await create(many)).toEqual({ labels: "At most 50 entries." });
});

test("lists are narrowed by a label or its key, of each kind by its own labels", async () => {
  const create = (name: string, labels: object) => jobsCreate.call(operator, { ...base, name, labels });
  await create("one", { env: "prod", tier: "a:b" });
  await create("two", { env: "test" });
  await create("three", {});
  const jobs = async (label: string) => names(await jobsList.call(viewer, { label }));
  expect(await jobs("env:prod")).toEqual(["one"]);
  expect(await jobs("env")).toEqual(["one", "two"]);
  expect(await jobs("tier:a:b")).toEqual(["one"]);
  expect(await jobs("env:nothing")).toEqual([]);
  expect(await refusal(jobsList.call(viewer, { label: "No Label" }))).toEqual({
    label: "Write a label as key:value, or its key alone.",
  });
  const source = await sourcesCreate.call(admin, {
    name: "shop",
    kind: "sqlite",
    config: { path: fixture.sourceFile },
    labels: { env: "prod" },
  });
  expect(names(await sourcesList.call(viewer, { label: "env:prod" }))).toEqual(["shop"]);
  expect((await sourcesUpdate.call(admin, { id: source.id, name: "shop 2" })).labels).toEqual({ env: "prod" });
  expect((await sourcesUpdate.call(admin, { id: source.id, labels: {} })).labels).toEqual({});
  await sourcesDelete.call(admin, { id: source.id });
  const config = { url: "http://127.0.0.1:9/" };
  const channel = await channelsCreate.call(admin, {
    name: "ops",
    provider: "webhook",
    config,
    labels: { env: "ops" },
  });
  const copy = await channelsDuplicate.call(admin, { id: channel.id });
  expect(copy.labels).toEqual({ env: "ops" });
  await channelsUpdate.call(admin, { id: copy.id, labels: { env: "other" } });
  expect(names(await channelsList.call(viewer, { label: "env:ops" }))).toEqual(["ops"]);
  await channelsDelete.call(admin, { id: copy.id });
  expect(await labelsList.call(viewer, { q: "env:" })).toEqual({
    items: [
      { key: "env", value: "ops", count: 1 },
      { key: "env", value: "prod", count: 1 },
      { key: "env", value: "test", count: 1 },
    ],
  });
  expect((await labelsList.call(viewer, { q: "PRO" })).items).toMatchObject([{ key: "env", value: "prod" }]);
});

test("two changes of labels at once leave those of one of them, whole", async () => {
  const job = await jobsCreate.call(operator, { ...base, name: "raced" });
  const sets = Array.from({ length: 8 }, (_, index) => ({ a: `${index}`, b: `${index}`, c: `${index}` }));
  await Promise.all(sets.map((labels) => jobsUpdate.call(operator, { id: job.id, labels })));
  expect(sets).toContainEqual((await jobsGet.call(viewer, { id: job.id })).labels);
});

test("with 10,000 labels in all, a list by label and the suggestions are quick", async () => {
  const { orm, t } = database();
  const rows = Array.from({ length: 10_000 }, (_, index) => ({
    subjectKind: "job" as const,
    subjectId: `job_${Math.floor(index / 40)}`,
    key: `key${index % 40}`,
    value: `value ${index % 400}`,
  }));
  for (let at = 0; at < rows.length; at += 1_000) await orm.insert(t.labels).values(rows.slice(at, at + 1_000));
  const quickest = async (work: () => Promise<unknown>) => {
    const took: number[] = [];
    for (let turn = 0; turn < 5; turn++) {
      const from = performance.now();
      await work();
      took.push(performance.now() - from);
    }
    return Math.min(...took);
  };
  expect(await quickest(() => jobsList.call(viewer, { label: "key7:value 7" }))).toBeLessThan(250);
  expect(await quickest(() => labelsList.call(viewer, { q: "key1" }))).toBeLessThan(250);
});
