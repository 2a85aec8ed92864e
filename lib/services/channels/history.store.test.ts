import { expect, test } from "vitest";
import { database } from "@/db/client";
import { type Actor, systemActor } from "@/lib/auth/access/actor";
import type { EventDraft } from "@/lib/core/event";
import { eachPipeline, eachReceiver } from "@/lib/dispatch/each-pipeline";
import { emit } from "@/lib/dispatch/emit";
import { addWebhook, customEvent, setNotifications, until } from "@/lib/dispatch/pipeline-fixture";
import { channelsHistory } from "./history";

const DAY = 86_400_000;

const receiver = eachReceiver();
eachPipeline();

const reader = { kind: "user", id: "usr_reader", name: "Ana", role: "viewer", address: null, timezone: "UTC" } as Actor;

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

async function sendOne(draft: EventDraft): Promise<void> {
  const before = receiver.received.length;
  await emit(draft);
  await until(() => receiver.received.length === before + 1);
  const { orm, t } = database();
  await until(async () => (await orm.select().from(t.attempts)).length > before);
}

test("each of the last 30 days has what was taken, how fast, what failed, and whether the channel failed as a whole", async () => {
  const id = await addWebhook("ops", receiver.url());
  await setNotifications({ globalChannels: [id] });
  await sendOne(customEvent("one"));
  // About this channel, so that it is sent through no other.
  await emit({ type: "channel.failing", subject: { kind: "channel", id, name: "ops" }, data: { error: "gone" } });
  const { orm, t } = database();
  const [attempt] = await orm.select().from(t.attempts);
  if (!attempt) throw new Error("Nothing was attempted.");
  const now = Date.now();
  await orm.delete(t.attempts);
  await orm.insert(t.attempts).values([
    { ...attempt, number: 1, at: now, latencyMs: 500, outcome: "retry" },
    { ...attempt, number: 2, at: now, latencyMs: 100, outcome: "sent" },
    { ...attempt, number: 3, at: now, latencyMs: 300, outcome: "sent" },
    { ...attempt, number: 4, at: now - 2 * DAY, latencyMs: 50, outcome: "sent" },
    { ...attempt, number: 5, at: now - 200 * DAY, latencyMs: 50, outcome: "sent" },
  ]);
  await orm.update(t.alerts).set({ openedAt: now - 2 * DAY, status: "resolved", resolvedAt: now - DAY });
  const { days, from } = await channelsHistory.call(reader, { id });
  expect(from).toBeNull();
  expect(days).toHaveLength(30);
  const today = { day: dayOf(now), sent: 2, failed: 1, latencyMs: 200, slowestMs: 300, wasFailing: false };
  expect(days.at(-1)).toEqual(today);
  const quiet = { sent: 0, failed: 0, latencyMs: null, slowestMs: null };
  expect(days.at(-2)).toEqual({ day: dayOf(now - DAY), ...quiet, wasFailing: true });
  expect(days.at(-3)).toEqual({
    day: dayOf(now - 2 * DAY),
    ...quiet,
    sent: 1,
    latencyMs: 50,
    slowestMs: 50,
    wasFailing: true,
  });
  expect(days.at(-4)).toMatchObject({ ...quiet, wasFailing: false });
});

test("the days are those of the reader, another channel's attempts are not counted, and one that is gone has none", async () => {
  const [id, other] = [await addWebhook("ops", receiver.url()), await addWebhook("other", receiver.url())];
  await setNotifications({ globalChannels: [id] });
  await sendOne(customEvent("one"));
  const total = async (actor: Actor, channel: string) =>
    (await channelsHistory.call(actor, { id: channel })).days.reduce((sum, { sent }) => sum + sent, 0);
  expect(await total(reader, id)).toBe(1);
  expect(await total(systemActor, other)).toBe(0);
  const east = { ...reader, timezone: "Pacific/Kiritimati" } as Actor;
  const west = { ...reader, timezone: "Pacific/Pago_Pago" } as Actor;
  const [first, second] = [await channelsHistory.call(east, { id }), await channelsHistory.call(west, { id })];
  expect(first.days.at(-1)?.day).not.toBe(second.days.at(-1)?.day);
  expect([first.days.at(-1)?.sent, second.days.at(-1)?.sent]).toEqual([1, 1]);
  await expect(channelsHistory.call(reader, { id: "chn_none" })).rejects.toMatchObject({ code: "not_found" });
});
