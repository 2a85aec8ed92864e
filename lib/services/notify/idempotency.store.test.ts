import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { freshDatabase } from "@/db/testing";
import type { Actor } from "@/lib/auth/access/actor";
import { notifySend } from "./send";

let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
});
afterAll(() => close());
beforeEach(async () => {
  const { orm, t } = database();
  for (const table of [t.deliveries, t.events, t.alerts]) await orm.delete(table);
});

const caller: Actor = { kind: "api_key", id: "key_1", name: "a script", role: "operator", address: null };
const send = (body: unknown) => notifySend.call(caller, body);
const refusal = (body: unknown) =>
  send(body).then(
    () => "it was taken",
    ({ code, message }: { code: string; message: string }) => [code, message],
  );
const stored = async () => {
  const { orm, t } = database();
  const alerts = await orm.select().from(t.alerts);
  return { events: (await orm.select().from(t.events)).length, alerts: alerts.map(({ status }) => status) };
};

const failed = {
  title: "Import failed",
  message: "the token hunter2 was refused",
  tone: "failure",
  dedupKey: "import",
  fields: [{ label: "Rows", value: "3" }],
  idempotencyKey: "night-1",
};

test("fault B24: the same key with the same notification is a duplicate, also when defaults are spelled out", async () => {
  const [first] = (await send(failed)).events;
  const again = await send({ ...failed, severity: "critical", status: "firing" });
  expect(again.events).toEqual([{ id: first?.id, duplicate: true, deliveries: 0 }]);
  expect(await stored()).toEqual({ events: 1, alerts: ["firing"] });
});

test.each([
  ["the resolve of an alert", { tone: "success", severity: "critical" }, "tone, status"],
  ["another message", { message: "the token hunter3 was refused" }, "message"],
  ["another title", { title: "Export failed" }, "title"],
  ["another alert", { dedupKey: "export" }, "dedupKey"],
  ["no alert", { dedupKey: undefined }, "dedupKey, status"],
  ["another severity", { severity: "warning" }, "severity"],
  ["other fields", { fields: [{ label: "Rows", value: "4" }] }, "fields"],
])(
  "fault B24: the same key with %s is a conflict that names what differs and quotes none of it",
  async (_, change, parts) => {
    const [first] = (await send(failed)).events;
    expect(await refusal({ ...failed, ...change })).toEqual([
      "conflict",
      `The idempotency key “night-1” was used for another notification (${first?.id}). What differs: ${parts}. Nothing was sent: use a new key for a new notification.`,
    ]);
    expect(await stored()).toEqual({ events: 1, alerts: ["firing"] });
  },
);

test("fault B24: a list with a conflict is refused whole, also when both are in the list", async () => {
  const other = { title: "fine", message: "" };
  await send(failed);
  expect(await refusal([other, { ...failed, title: "x" }])).toMatchObject(["conflict", expect.any(String)]);
  expect(
    await refusal([
      { ...other, idempotencyKey: "b" },
      { ...failed, idempotencyKey: "b" },
    ]),
  ).toMatchObject(["conflict", expect.any(String)]);
  expect((await stored()).events).toBe(1);
});

test("fault B24: of two at once one is taken, and the other is a conflict or, when it is the same, a duplicate", async () => {
  for (let round = 0; round < 10; round++) {
    const one = { title: "one", message: "", idempotencyKey: `race-${round}` };
    const both = await Promise.allSettled([send(one), send({ ...one, tone: "failure" })]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const lost = both.find(({ status }) => status === "rejected") as PromiseRejectedResult;
    expect(lost.reason).toMatchObject({ code: "conflict" });
    const same = { ...one, idempotencyKey: `same-${round}` };
    const answers = await Promise.all([send(same), send(same)]);
    expect(answers.map(({ events }) => events[0]?.duplicate).sort()).toEqual([false, true]);
    expect(new Set(answers.map(({ events }) => events[0]?.id)).size).toBe(1);
  }
});

test("an event that an older version stored has nothing to compare, and stays a duplicate", async () => {
  await send(failed);
  const { orm, t } = database();
  await orm.update(t.events).set({ data: {} });
  expect((await send({ ...failed, title: "x" })).events).toMatchObject([{ duplicate: true }]);
});
