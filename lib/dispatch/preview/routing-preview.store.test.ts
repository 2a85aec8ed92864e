import { randomBytes } from "node:crypto";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { writeLabels } from "@/db/stores/labels";
import { transact } from "@/db/transact";
import type { Actor } from "@/lib/auth/access/actor";
import type { Labels } from "@/lib/core/label";
import type { MatchCondition } from "@/lib/core/matching";
import { eventType } from "@/lib/events/catalog";
import { loadSecretKey } from "@/lib/secrets/key";
import { routesCreate } from "@/lib/services/routes/create";
import { silencesCreate } from "@/lib/services/silences/create";
import { emit } from "../emit";
import { addWebhook, deliveriesOf, runEvent, setNotifications, startPipeline } from "../pipeline-fixture";
import { previewEventRouting, previewJobRouting } from "./routing-preview";

const admin: Actor = { kind: "api_key", id: "key_admin", name: "an admin", role: "admin", address: null };
const JOB = { id: "job_a", name: "job a", slug: "job_a" };
const prod: MatchCondition = { field: "label", op: "is", value: "env:prod" };

let pipeline: Awaited<ReturnType<typeof startPipeline>>;
let named = "";
let rest = "";

beforeAll(() => {
  loadSecretKey({ fromEnv: randomBytes(32).toString("hex"), dataDir: "/nowhere", mayCreate: true });
});
beforeEach(async () => {
  pipeline = await startPipeline({ withWorker: false });
  named = await addWebhook("production", "http://127.0.0.1:9/");
  rest = await addWebhook("the rest", "http://127.0.0.1:9/");
  await routesCreate.call(admin, { name: "Production", conditions: [prod], channels: [named] });
  await routesCreate.call(admin, { name: "Others", conditions: [{ ...prod, not: true }], channels: [rest] });
});
afterEach(() => pipeline.stop());

const label = (labels: Labels) => transact([], (tx) => writeLabels(tx, "job", JOB.id, labels));
const shown = async (labels?: Labels) => {
  const { entries } = await previewJobRouting(JOB, [], "failure", labels);
  return entries
    .filter(({ when }) => when === "now")
    .map(({ channelName, text, outcome }) => `${channelName} ${text} ${outcome}`);
};
/** What the decision makes of a real failure of the job. */
async function notified(): Promise<string[]> {
  await emit(runEvent("backup.failed"));
  const of = async (id: string, name: string) => (await deliveriesOf(id)).map(({ status }) => `${name} ${status}`);
  return [...(await of(named, "production")), ...(await of(rest, "the rest"))];
}

it("a route by label takes a job as the decision does, and is named", async () => {
  await label({ env: "prod" });
  expect(await shown()).toEqual(["production is named by the route “Production” notified"]);
  expect(await notified()).toEqual(["production pending"]);
});

it("a job without the label goes the other way", async () => {
  expect(await shown()).toEqual(["the rest is named by the route “Others” notified"]);
  expect(await notified()).toEqual(["the rest pending"]);
});

it("a silence by label holds in the preview what it holds in the decision", async () => {
  await label({ env: "prod" });
  await silencesCreate.call(admin, { reason: "patch night", conditions: [prod] });
  expect(await shown()).toEqual(["production is named by the route “Production” held"]);
  expect(await notified()).toEqual(["production held"]);
});

it("labels that stand on the form count before they are saved", async () => {
  expect(await shown({ env: "prod" })).toEqual(["production is named by the route “Production” notified"]);
  await label({ env: "prod" });
  expect(await shown({})).toEqual(["the rest is named by the route “Others” notified"]);
});

it("of an event that has a job or a channel it says that their labels decide", async () => {
  await setNotifications({ globalChannels: [named] });
  const user = { id: "u", name: "Eve", email: "eve@example.org" };
  const note = "Some routes or silences go by labels, so this also depends on which";
  expect((await previewEventRouting("channel.failing", user)).notes).toContain(`${note} channel fails.`);
  expect((await previewEventRouting("restore.failed", user)).notes).toContain(`${note} job it is about.`);
  expect((await previewEventRouting("client.offline", user)).notes).toContain(`${note} client it is about.`);
  expect((await previewEventRouting("user.created", user)).notes.join()).not.toContain("labels");
});

it("a silence of a job is not taken for one of an event, whose sample has the same name", async () => {
  await setNotifications({ globalChannels: [named] });
  const user = { id: "u", name: "Eve", email: "eve@example.org" };
  const name = eventType("restore.failed").sample(0).data.job?.name ?? "";
  expect(name).not.toBe("");
  await silencesCreate.call(admin, { reason: "moved", conditions: [{ field: "job", op: "is", value: name }] });
  const { entries } = await previewEventRouting("restore.failed", user);
  expect(
    entries.filter(({ when }) => when === "now").map(({ channelName, outcome }) => [channelName, outcome]),
  ).toEqual([
    ["production", "notified"],
    ["the rest", "notified"],
  ]);
});
