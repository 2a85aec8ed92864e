import { and, eq, inArray, ne } from "drizzle-orm";
import { expect, test } from "vitest";
import { database } from "@/db/client";
import type { Actor } from "@/lib/auth/access/actor";
import { eachPipeline, eachReceiver } from "@/lib/dispatch/each-pipeline";
import { emit } from "@/lib/dispatch/emit";
import { addRule, addWebhook, runEvent, until } from "@/lib/dispatch/pipeline-fixture";
import { notificationsAcknowledge } from "@/lib/services/notifications/acknowledge";
import { notificationsResolve } from "@/lib/services/notifications/resolve";
import { silencesCreate } from "./create";
import { silencesUpdate } from "./update";

const admin: Actor = { kind: "command", id: null, name: "Ana", role: "admin", address: null };

const receiver = eachReceiver();
eachPipeline();

/** A small deterministic generator, so that a failure can be repeated by its seed. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

const EVENTS = ["backup.failed", "backup.failed", "backup.completed", "backup.warning", "backup.missed"] as const;
const JOBS = ["job_a", "job_b"] as const;
const STEPS = 40;

async function openAlerts() {
  const { orm, t } = database();
  return await orm.select().from(t.alerts).where(ne(t.alerts.status, "resolved"));
}

/** One thing that may happen, whatever came before. */
async function happen(pick: (below: number) => number, silences: string[]): Promise<void> {
  const what = pick(10);
  const [alert] = (await openAlerts()).slice(pick(3));
  if (what === 0 && alert?.status === "firing") await notificationsAcknowledge.call(admin, { id: alert.id });
  else if (what === 1 && alert) await notificationsResolve.call(admin, { id: alert.id });
  else if (what === 2) {
    const conditions = [
      [],
      [{ field: "job", value: JOBS[pick(2)] }],
      [{ field: "event", op: "matches", value: "backup.f*" }],
    ][pick(3)];
    const effect = pick(3) === 0 ? "drop" : "hold";
    silences.push((await silencesCreate.call(admin, { reason: "work", conditions, effect })).id);
  } else if (what === 3 && silences.length > 0) await end(silences.pop() as string);
  else await emit(runEvent(EVENTS[pick(EVENTS.length)] ?? "backup.failed", JOBS[pick(2)]));
}

const end = (id: string) => silencesUpdate.call(admin, { id, endsAt: new Date().toISOString() });

/** Everything that was to be sent is, or says why it was not. */
async function settled() {
  const { orm, t } = database();
  const { deliveries: d } = t;
  const waiting = () =>
    orm
      .select({ id: d.id })
      .from(d)
      .where(inArray(d.status, ["pending", "held", "sending"]));
  await until(async () => (await waiting()).length === 0);
  return await orm
    .select()
    .from(d)
    .where(and(ne(d.kind, "test")))
    .orderBy(d.id);
}

test.each([1, 2, 3, 4])(
  "in any order of events, acknowledgements and silences: one open alert a key, nothing lost, a recovery only for those who got the problem (seed %i)",
  async (seed) => {
    const pick = generator(seed);
    const channels = [await addWebhook("one", receiver.url("/one")), await addWebhook("two", receiver.url("/two"))];
    await addRule("job_a", channels[0] ?? "", "failure", { repeat: "first" });
    await addRule("job_a", channels[1] ?? "", "always");
    await addRule("job_b", channels[0] ?? "", "failure");
    const silences: string[] = [];
    for (let step = 0; step < STEPS; step++) {
      await happen(pick, silences);
      const keys = (await openAlerts()).map(({ dedupKey }) => dedupKey);
      expect(new Set(keys).size, `step ${step}`).toBe(keys.length);
    }
    for (const id of silences) await end(id);
    const deliveries = await settled();
    for (const one of deliveries) {
      expect(["sent", "folded", "canceled"], one.id).toContain(one.status);
      if (one.status === "sent") continue;
      expect(one.reasonCode, one.id).not.toBeNull();
      if (one.status === "canceled") expect(one.reasonCode, one.id).toBe("silence_dropped");
    }
    const got = (alertId: string | null, channelId: string | null, before: string) =>
      deliveries.some(
        (one) => one.alertId === alertId && one.channelId === channelId && one.id < before && one.status !== "canceled",
      );
    // A problem that was over before its own message was sent has one message that says both.
    for (const one of deliveries.filter((row) => row.status === "sent" && row.kind === "recovery" && row.alertId))
      expect(got(one.alertId, one.channelId, one.id), `${one.title} to ${one.channelName}`).toBe(true);
    expect(receiver.received.length).toBe(deliveries.filter(({ status }) => status === "sent").length);
  },
);

test("an alert of yesterday that was acknowledged while it was silenced is over with its event, and says nothing false", async () => {
  const channel = await addWebhook("one", receiver.url());
  await addRule("job_a", channel, "failure");
  const { id } = await silencesCreate.call(admin, { reason: "work" });
  await emit(runEvent("backup.failed"));
  const [alert] = await openAlerts();
  await notificationsAcknowledge.call(admin, { id: alert?.id });
  await emit(runEvent("backup.completed"));
  await end(id);
  const { orm, t } = database();
  await until(() => receiver.received.length === 1);
  expect(receiver.received.map(({ title }) => title)).toEqual(["Recovered: job a"]);
  expect(await orm.select().from(t.alerts).where(eq(t.alerts.status, "firing"))).toEqual([]);
});

test("who never heard of a problem, because a silence dropped it at the last moment, hears nothing of its end", async () => {
  const channel = await addWebhook("one", receiver.url());
  await addRule("job_a", channel, "failure");
  const { orm, t } = database();
  const { deliveries: d } = t;
  await emit(runEvent("backup.failed"));
  const initial = () => orm.select().from(d).where(eq(d.kind, "initial"));
  // Its answer, too: it must not overwrite what the test writes below.
  await until(async () => (await initial())[0]?.status === "sent");
  receiver.answerWith((_, response) => {
    response.writeHead(500).end();
    return false;
  });
  await emit(runEvent("backup.completed"));
  const recovery = () => orm.select().from(d).where(eq(d.kind, "recovery"));
  await until(async () => (await recovery())[0]?.status === "pending");
  // As it would be, had the silence begun between the plan of the recovery and the attempt of the problem.
  await orm.update(d).set({ status: "canceled", reasonCode: "silence_dropped" }).where(eq(d.kind, "initial"));
  receiver.answerWith(() => true);
  await until(async () => (await recovery())[0]?.status === "canceled");
  expect(await recovery()).toMatchObject([{ reasonCode: "silence_dropped" }]);
  expect(receiver.received.map(({ title }) => title)).toEqual(["Backup Failed: job a"]);
});
