import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { insertEndpoint } from "@/db/stores/endpoints";
import { createJob } from "@/db/stores/jobs";
import type { Actor } from "@/lib/auth/access/actor";
import type { Role } from "@/lib/core/role";
import { emit } from "@/lib/dispatch/emit";
import {
  addWebhook,
  deliveriesOf,
  runEvent,
  setNotifications,
  startPipeline,
  startReceiver,
  until,
} from "@/lib/dispatch/pipeline-fixture";
import { audit, jobRow } from "@/lib/jobs/testing/job-rows";
import { channelsDelete } from "@/lib/services/channels/delete";
import { channelsGet } from "@/lib/services/channels/get";
import { channelsUpdate } from "@/lib/services/channels/update";
import { deliveriesGet } from "@/lib/services/deliveries/get";
import { jobsCreate } from "@/lib/services/jobs/create";
import { jobsGet } from "@/lib/services/jobs/get";
import { jobsList } from "@/lib/services/jobs/list";
import { jobsRoutingPreview } from "@/lib/services/jobs/routing-preview";
import { jobsUpdate } from "@/lib/services/jobs/update";
import { settingsNotificationsGet } from "@/lib/services/settings/notifications-get";
import { profilesCreate } from "./create";
import { profilesDelete } from "./delete";
import { profilesGet } from "./get";
import { profilesList } from "./list";
import { profilesUpdate } from "./update";

const as = (role: Role): Actor => ({ kind: "api_key", id: `key_${role}`, name: `a ${role}`, role, address: null });
const admin = as("admin");
const operator = as("operator");
const viewer = as("viewer");

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let pipeline: Awaited<ReturnType<typeof startPipeline>>;
beforeEach(async () => {
  receiver = await startReceiver();
  pipeline = await startPipeline();
  const times = { createdAt: 1, updatedAt: 1 };
  const row = { id: "src_1", name: "shop", kind: "sqlite", config: {}, secrets: null, mounts: null, ...times };
  await insertEndpoint("sources", row, audit());
  await insertEndpoint("destinations", { ...row, id: "dst_1", kind: "local" }, audit());
});
afterEach(async () => {
  await receiver.stop();
  await pipeline.stop();
});

async function addJobs(names: string[], profileId: string | null = null): Promise<string[]> {
  const rows = names.map((name) => jobRow(name, { sourceId: "src_1", profileId }));
  for (const job of rows) await createJob({ job, destinationIds: [], notifications: [] }, audit());
  return rows.map(({ id }) => id);
}

const refusal = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error: { code: string; message: string; details: { fields?: Record<string, string> } }) => ({
      code: error.code,
      message: error.message,
      fields: error.details.fields,
    }),
  );
const newJob = (name: string, more: object = {}) =>
  jobsCreate.call(operator, { name, sourceId: "src_1", destinationIds: ["dst_1"], ...more });

/** As `runEvent` names the job. */
const nameOf = (jobId: string) => jobId.replace("job_", "job ");
const titlesAt = (path: string) => receiver.at(path).map(({ title }) => title);

test("pain 53: a profile notifies for three jobs; a job's own rule replaces its rule; a change of it holds for all from the next event on", async () => {
  const ops = await addWebhook("ops", receiver.url("/ops"));
  const night = await addWebhook("night", receiver.url("/night"));
  const rule = { channelId: ops, condition: "failure", title: "Standard: {{job.name}}" };
  const standard = await profilesCreate.call(admin, { name: "Standard", notifications: [rule] });
  const [one = "", two = "", three = ""] = await addJobs(["one", "two", "three"]);
  for (const id of [one, two, three]) await jobsUpdate.call(operator, { id, profileId: standard.id });
  // Its own rule for the channel replaces the profile's, also where it does not take the event.
  await jobsUpdate.call(operator, { id: three, notifications: [{ channelId: ops, condition: "success" }] });
  for (const id of [one, two, three]) await emit(runEvent("backup.failed", id));
  await until(() => receiver.at("/ops").length === 2);
  expect(titlesAt("/ops").sort()).toEqual([one, two].map((id) => `Standard: ${nameOf(id)}`).sort());

  const [sent] = await deliveriesOf(ops);
  const delivery = await deliveriesGet.call(viewer, { id: sent?.id });
  expect(delivery).toMatchObject({
    routeText: "because of the rule “On Failure” of the profile “Standard”",
    ruleCondition: "failure",
    ruleProfile: { id: standard.id, name: "Standard" },
  });

  await profilesUpdate.call(admin, { id: standard.id, notifications: [{ channelId: night, condition: "failure" }] });
  for (const id of [one, two, three]) await emit(runEvent("backup.failed", id));
  await until(() => receiver.at("/night").length === 3);
  expect(receiver.at("/ops")).toHaveLength(2);

  // Everybody who was notified by it learns that it is over, also when no rule says so any more.
  await profilesUpdate.call(admin, { id: standard.id, notifications: [] });
  await emit(runEvent("backup.completed", one));
  await until(() => receiver.at("/ops").length === 3 && receiver.at("/night").length === 4);
  expect(titlesAt("/night").at(-1)).toBe(`Recovered: ${nameOf(one)}`);
});

test("“Who gets notified?” names the profile, for what is saved and for what is on the form", async () => {
  const ops = await addWebhook("ops", receiver.url());
  const { id: profileId } = await profilesCreate.call(admin, {
    name: "Standard",
    notifications: [{ channelId: ops, condition: "failure" }],
  });
  const [jobId = ""] = await addJobs(["one"], profileId);
  const textsOf = async (input: object) =>
    (await jobsRoutingPreview.call(operator, { jobId, state: "failure", ...input })).entries
      .filter(({ when }) => when === "now")
      .map(({ channelName, text }) => `${channelName}: ${text}`);
  expect(await textsOf({})).toEqual(["ops: rule “On Failure” of the profile “Standard”"]);
  expect(await textsOf({ profileId: null })).toEqual([]);
  expect(await textsOf({ notifications: [{ channelId: ops, condition: "always" }] })).toEqual(["ops: rule “Always”"]);
});

test("a job or an event of which nobody would be notified says so, by the decision itself", async () => {
  const ops = await addWebhook("ops", receiver.url());
  const { id: profileId } = await profilesCreate.call(admin, {
    name: "Standard",
    notifications: [{ channelId: ops, condition: "failure" }],
  });
  const [jobId = ""] = await addJobs(["one"]);
  const reachesNobody = async (input: object) =>
    (await jobsRoutingPreview.call(operator, { jobId, state: "failure", ...input })).reachesNobody;
  expect(await reachesNobody({})).toBe(true);
  expect(await reachesNobody({ state: "success" })).toBe(false);
  expect(await reachesNobody({ notifications: [{ channelId: ops, condition: "success" }] })).toBe(true);
  expect(await reachesNobody({ profileId })).toBe(false);
  const silent = async () => {
    const { catalog } = await settingsNotificationsGet.call(operator, {});
    return catalog.filter((event) => event.reachesNobody).map(({ type }) => type);
  };
  expect(await silent()).toContain("system.error");
  await setNotifications({ globalChannels: [ops] });
  expect(await silent()).toEqual([]);
  await channelsUpdate.call(admin, { id: ops, enabled: false });
  expect(await silent()).toContain("system.error");
  expect(await reachesNobody({ profileId })).toBe(true);
});

test("one profile is the default: new jobs follow it, those that say otherwise and older ones do not", async () => {
  const [older = ""] = await addJobs(["older"]);
  expect((await newJob("before")).profileId).toBeNull();
  const first = await profilesCreate.call(admin, { name: "First", isDefault: true });
  const second = await profilesCreate.call(admin, { name: "Second" });
  expect(await newJob("by default")).toMatchObject({ profileId: first.id, profileName: "First" });
  expect((await newJob("by choice", { profileId: second.id })).profileId).toBe(second.id);
  expect((await newJob("without", { profileId: null })).profileId).toBeNull();
  expect((await jobsGet.call(viewer, { id: older })).profileId).toBeNull();
  expect((await jobsList.call(viewer, { profileId: first.id })).items.map(({ name }) => name)).toEqual(["by default"]);

  // Of all that become the default at once, one is.
  const ids = [first.id, second.id, (await profilesCreate.call(admin, { name: "Third" })).id];
  await Promise.all(ids.map((id) => profilesUpdate.call(admin, { id, isDefault: true })));
  const { items } = await profilesList.call(viewer, {});
  expect(items.filter(({ isDefault }) => isDefault)).toHaveLength(1);
  expect(items.map(({ name, jobCount }) => `${name} ${jobCount}`)).toEqual(["First 1", "Second 1", "Third 0"]);
});

test("a profile in use is not deleted, and the refusal names and counts the jobs; nor is a channel that it names", async () => {
  const ops = await addWebhook("ops", receiver.url());
  const { id } = await profilesCreate.call(admin, { name: "Standard", notifications: [{ channelId: ops }] });
  const followers = await addJobs(
    Array.from({ length: 12 }, (_, index) => `job ${`${index}`.padStart(2, "0")}`),
    id,
  );
  expect(await refusal(profilesDelete.call(admin, { id }))).toMatchObject({
    code: "conflict",
    message: expect.stringMatching(/^Standard is in use by 12 jobs \(job 00, .* job 09 and 2 more\)\./),
  });
  expect((await channelsGet.call(viewer, { id: ops })).usedBy.profiles).toEqual([{ id, name: "Standard" }]);
  expect(await refusal(channelsDelete.call(admin, { id: ops }))).toMatchObject({
    code: "conflict",
    message: "ops is in use by the profile Standard. Remove it there first.",
  });
  for (const jobId of followers) await jobsUpdate.call(operator, { id: jobId, profileId: null });
  await profilesDelete.call(admin, { id });
  expect(await refusal(profilesGet.call(viewer, { id }))).toMatchObject({ code: "not_found" });
  const { orm, t } = database();
  expect(await orm.select().from(t.profileNotifications)).toEqual([]);
  await channelsDelete.call(admin, { id: ops });
});

test("what cannot be saved is refused beside its field: a taken name, a channel twice or unknown, a profile that is gone", async () => {
  const ops = await addWebhook("ops", receiver.url());
  const create = (input: object) => refusal(profilesCreate.call(admin, { name: "Other", ...input }));
  const { id } = await profilesCreate.call(admin, { name: "Standard" });
  expect(await create({ name: "Standard" })).toMatchObject({
    code: "conflict",
    fields: { name: "Another profile has this name." },
  });
  expect(await create({ notifications: [{ channelId: ops }, { channelId: ops }] })).toMatchObject({
    code: "conflict",
    fields: { "notifications[1].channelId": "A profile has one rule per channel." },
  });
  expect(await create({ notifications: [{ channelId: "chn_gone" }] })).toMatchObject({
    fields: { "notifications[0].channelId": "There is no such channel." },
  });
  expect(await refusal(newJob("x", { profileId: "prf_gone" }))).toMatchObject({
    fields: { profileId: "There is no such profile." },
  });
  expect(await refusal(profilesUpdate.call(operator, { id, name: "x" }))).toMatchObject({ code: "forbidden" });
});

test("a profile that is deleted while jobs begin to follow it is either kept with them, or gone without", async () => {
  const jobIds = await addJobs(["a", "b", "c", "d"]);
  const { id } = await profilesCreate.call(admin, { name: "Raced" });
  await Promise.allSettled([
    ...jobIds.slice(0, 2).map((jobId) => jobsUpdate.call(operator, { id: jobId, profileId: id })),
    profilesDelete.call(admin, { id }),
    ...jobIds.slice(2).map((jobId) => jobsUpdate.call(operator, { id: jobId, profileId: id })),
  ]);
  const kept = (await profilesList.call(viewer, {})).items.length > 0;
  const followers = (await jobsList.call(viewer, { profileId: id })).items;
  expect(kept || followers.length === 0).toBe(true);
});

test("two edits of a profile at once leave the rules of one of them, whole", async () => {
  const channels = await Promise.all(["a", "b", "c", "d"].map((name) => addWebhook(name, receiver.url(`/${name}`))));
  const { id } = await profilesCreate.call(admin, { name: "Edited" });
  const sets = [channels.slice(0, 2), channels.slice(2)];
  await Promise.all(
    sets.map((ids) => profilesUpdate.call(admin, { id, notifications: ids.map((channelId) => ({ channelId })) })),
  );
  const { notifications } = await profilesGet.call(viewer, { id });
  expect(sets).toContainEqual(notifications.map(({ channelId }) => channelId));
});
