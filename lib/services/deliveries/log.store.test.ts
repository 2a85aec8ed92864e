import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { freshDatabase } from "@/db/testing";
import { type Actor, systemActor } from "@/lib/auth/access/actor";
import type { EventDraft } from "@/lib/core/event";
import type { Role } from "@/lib/core/role";
import { emit } from "@/lib/dispatch/emit";
import { setSecretKey } from "@/lib/secrets/key";
import { alertsList } from "@/lib/services/alerts/list";
import { alertsResolve } from "@/lib/services/alerts/resolve";
import { channelsCreate } from "@/lib/services/channels/create";
import { channelsGet } from "@/lib/services/channels/get";
import { eventsGet } from "@/lib/services/events/get";
import { eventsList } from "@/lib/services/events/list";
import { overviewRead } from "@/lib/services/overview/read";
import { settingsNotificationsUpdate } from "@/lib/services/settings/notifications-update";
import { deliveriesCancel } from "./cancel";
import { deliveriesGet } from "./get";
import { deliveriesList } from "./list";
import { deliveriesResend } from "./resend";

const admin = systemActor;
const as = (role: Role): Actor => ({ kind: "api_key", id: "key_1", name: "a key", role, address: null });
const ANA = { id: "usr_ana", name: "Ana", email: "ana.private@example.org" };

let close: () => Promise<void>;
let hook = "";
let post = "";
beforeAll(async () => {
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
});
afterAll(() => close());
beforeEach(async () => {
  const { orm, t } = database();
  for (const table of [t.channels, t.events, t.alerts, t.deliveries, t.attempts, t.jobNotifications]) {
    await orm.delete(table);
  }
  const config = { url: "http://127.0.0.1:9/" };
  hook = (await channelsCreate.call(admin, { name: "hook", provider: "webhook", config })).id;
  const mail = { host: "mail.example", from: "b@example.org", to: ["ops@example.org"] };
  post = (await channelsCreate.call(admin, { name: "post", provider: "email", config: mail })).id;
  await settingsNotificationsUpdate.call(admin, {
    globalChannels: [hook, post],
    events: { "user.login": { enabled: true }, "user.created": { enabled: true, notifyUser: "also" } },
  });
});

const emitted = async (draft: EventDraft) => (await emit(draft))?.id ?? "";
const subject = { kind: "user", id: ANA.id, name: ANA.name } as const;
const created = () =>
  emitted({
    type: "user.created",
    subject,
    data: { user: ANA, role: "viewer", actorName: "Ben" },
  });
const signedIn = () => emitted({ type: "user.login", subject, data: { user: ANA, address: "192.0.2.7" } });
const locked = () => emitted({ type: "user.locked", subject, data: { user: ANA, address: "192.0.2.7", failures: 5 } });
const noted = (title: string) =>
  emitted({
    type: "custom.notification",
    subject: { kind: "custom", id: title, name: title },
    data: {},
    custom: { title, message: "m", tone: "failure", severity: "critical", dedupKey: title },
  });
const list = async (actor: Actor, input: Record<string, unknown> = {}) =>
  (await deliveriesList.call(actor, input)).items;

test("the log lists, filters and pages by key, newest first", async () => {
  const first = await noted("one");
  await noted("two");
  const everything = await list(admin);
  expect(everything.map(({ title, channelName }) => [title, channelName])).toEqual(
    expect.arrayContaining([
      ["one", "hook"],
      ["one", "post"],
      ["two", "hook"],
      ["two", "post"],
    ]),
  );
  expect(everything.map(({ id }) => id)).toEqual(
    everything
      .map(({ id }) => id)
      .sort()
      .reverse(),
  );
  expect(everything[0]).toMatchObject({
    status: "pending",
    kind: "initial",
    route: "global",
    eventType: "custom.notification",
    eventName: "Notification",
    recipient: null,
    attemptCount: 0,
    isTest: false,
  });
  expect((await list(admin, { channelId: hook })).map(({ title }) => title)).toEqual(["two", "one"]);
  expect((await list(admin, { eventId: first })).length).toBe(2);
  expect(await list(admin, { status: "sent" })).toEqual([]);
  expect((await list(admin, { status: ["pending", "sent"], limit: "3" })).length).toBe(3);
  const page = await deliveriesList.call(admin, { limit: 3 });
  const rest = await deliveriesList.call(admin, { limit: 3, cursor: page.nextCursor });
  expect([...page.items, ...rest.items].map(({ id }) => id)).toEqual(everything.map(({ id }) => id));
  expect(rest.nextCursor).toBeNull();
});

test("viewers see no sign-ins, neither as events nor as alerts nor in the delivery log", async () => {
  await signedIn();
  const lock = await locked();
  await noted("one");
  const typesSeenBy = async (role: Role) => ({
    events: (await eventsList.call(as(role), {})).items.map(({ type }) => type).sort(),
    alerts: (await alertsList.call(as(role), {})).items.map(({ type }) => type).sort(),
    deliveries: [...new Set((await list(as(role))).map(({ eventType }) => eventType))].sort(),
  });
  expect(await typesSeenBy("viewer")).toEqual({
    events: ["custom.notification"],
    alerts: ["custom.notification"],
    deliveries: ["custom.notification"],
  });
  expect((await typesSeenBy("operator")).events).toEqual(["custom.notification", "user.locked", "user.login"]);
  expect((await typesSeenBy("operator")).alerts).toEqual(["custom.notification", "user.locked"]);
  const [delivery] = await list(admin, { eventId: lock });
  await expect(deliveriesGet.call(as("viewer"), { id: delivery?.id })).rejects.toMatchObject({ code: "not_found" });
  await expect(eventsGet.call(as("viewer"), { id: lock })).rejects.toMatchObject({ code: "not_found" });
});

test("a mail server's answer shows addresses to administrators only: in alerts, events, deliveries and channels", async () => {
  const answer = "The mail server refused every recipient. ops@example.org: 550 5.1.1 <ops@example.org>: unknown";
  const id = await emitted({
    type: "channel.failing",
    subject: { kind: "channel", id: post, name: "post" },
    data: { error: answer },
  });
  const { orm, t } = database();
  const health = { channelId: post, health: "healthy" as const, failures: 0, lastErrorAt: 1, lastError: answer };
  await orm
    .insert(t.channelStates)
    .values(health)
    .onConflictDoUpdate({ target: t.channelStates.channelId, set: health });
  const seenBy = async (role: Role) =>
    JSON.stringify([
      await alertsList.call(as(role), {}),
      await eventsGet.call(as(role), { id }),
      await deliveriesGet.call(as(role), { id: (await list(as(role), { eventId: id }))[0]?.id }),
      await channelsGet.call(as(role), { id: post }),
      await overviewRead.call(as(role), {}),
    ]);
  expect((await seenBy("admin")).match(/ops@example\.org/g)?.length).toBeGreaterThanOrEqual(8);
  for (const role of ["operator", "viewer"] as const) {
    const seen = await seenBy(role);
    expect(seen).toContain("Shown to administrators.");
    expect(seen).not.toMatch(/@example\.org|refused every recipient|5\.1\.1/);
  }
});

test("what a service that names people is sent and answers is for administrators, as a whole", async () => {
  const eventId = await created();
  const direct = (await list(admin, { eventId })).find(({ recipient }) => recipient === ANA.email);
  expect(direct).toMatchObject({ channelId: post, route: "user" });
  const id = direct?.id ?? "";
  const { orm, t } = database();
  const payload = { to: [ANA.email], text: "Your account was created." };
  await orm
    .update(t.deliveries)
    .set({ payload, reason: `${ANA.email}: mailbox full` })
    .where(eq(t.deliveries.id, id));
  await orm.insert(t.attempts).values({
    deliveryId: id,
    number: 1,
    at: 1_700_000_000_000,
    latencyMs: 12,
    outcome: "retry",
    status: 452,
    error: `452 ${ANA.email} mailbox full`,
    advice: null,
    answer: null,
    retryAfterMs: null,
  });

  const seen = await deliveriesGet.call(admin, { id });
  expect(seen).toMatchObject({
    recipient: ANA.email,
    payload: { to: [ANA.email] },
    reason: `${ANA.email}: mailbox full`,
    attempts: [{ number: 1, at: "2023-11-14T22:13:20.000Z", status: 452, latencyMs: 12, outcome: "retry" }],
    event: { id: eventId, type: "user.created", name: "User Created", subjectName: "Ana" },
    routeText: "because the user is notified directly",
  });
  expect(seen.notification.title).toBe("Your account was created");

  const byOperator = await deliveriesGet.call(as("operator"), { id });
  expect(byOperator).toMatchObject({ recipient: null, payload: null });
  expect(byOperator.attempts).toMatchObject([{ status: 452, error: "Shown to administrators." }]);
  const byViewer = await deliveriesGet.call(as("viewer"), { id });
  expect(byViewer).toMatchObject({ recipient: null, payload: null });
  const shown = JSON.stringify([
    byOperator,
    byViewer,
    await list(as("operator")),
    (await eventsList.call(as("viewer"), {})).items,
  ]);
  expect(shown).not.toContain(ANA.email);
  expect(shown).toContain("Ana");
});

test("a delivery names the rule that led to it, and what it carries", async () => {
  const eventId = await noted("one");
  const [carrier, carried] = await list(admin, { eventId });
  const { orm, t } = database();
  await orm.insert(t.jobNotifications).values({
    id: "row_1",
    jobId: "job_1",
    channelId: hook,
    position: 0,
    condition: "failure",
    repeat: "every",
    notifyOnRecovery: true,
    includeLog: false,
    logLimit: 10_000,
  });
  await orm
    .update(t.deliveries)
    .set({ route: "rule", ruleId: "row_1", channelId: hook, recipient: "y" })
    .where(eq(t.deliveries.id, carrier?.id ?? ""));
  await orm
    .update(t.deliveries)
    .set({ status: "folded", foldedInto: carrier?.id, channelId: hook, recipient: "x" })
    .where(eq(t.deliveries.id, carried?.id ?? ""));
  expect(await deliveriesGet.call(admin, { id: carrier?.id })).toMatchObject({
    routeText: "because of the job's rule “On Failure”",
    ruleCondition: "failure",
    carries: [{ id: carried?.id, title: "one" }],
  });
  await orm.delete(t.jobNotifications);
  expect(await deliveriesGet.call(admin, { id: carrier?.id })).toMatchObject({
    routeText: "because of a rule of the job",
    ruleCondition: null,
  });
});

test("a delivery has the code of its reason, and a sentence with the service's words for those who may read them", async () => {
  const [delivery] = await list(admin, { eventId: await noted("one"), channelId: post });
  const { orm, t } = database();
  const id = delivery?.id ?? "";
  const set = (values: Partial<typeof t.deliveries.$inferInsert>) =>
    orm.update(t.deliveries).set(values).where(eq(t.deliveries.id, id));
  expect(delivery).toMatchObject({ reasonCode: null, reason: null, heldBy: null, heldById: null });
  await set({ status: "dead", reasonCode: "rejected", reason: "550 <ops@example.org>: unknown" });
  expect((await list(admin, { status: "dead" }))[0]).toMatchObject({
    reasonCode: "rejected",
    reason: "The notification was rejected: 550 <ops@example.org>: unknown",
  });
  for (const role of ["viewer", "operator"] as const) {
    expect((await list(as(role), { status: "dead" }))[0]?.reason).toBe("The notification was rejected.");
  }
  await set({ status: "held", reasonCode: "channel_muted", reason: null, heldBy: "mute", heldById: post });
  expect(await deliveriesGet.call(as("viewer"), { id })).toMatchObject({
    reasonCode: "channel_muted",
    reason: "The channel is muted.",
    heldBy: "mute",
    heldById: post,
  });
});

test("resend and cancel refuse deliveries in the wrong state", async () => {
  const [delivery] = await list(admin, { eventId: await noted("one") });
  const input = { id: delivery?.id ?? "" };
  await expect(deliveriesResend.call(admin, input)).rejects.toMatchObject({ code: "conflict" });
  expect(await deliveriesCancel.call(admin, input)).toEqual({ id: input.id, status: "canceled" });
  expect(await deliveriesGet.call(admin, input)).toMatchObject({
    reasonCode: "canceled_by_person",
    reason: `Canceled by ${admin.name}.`,
  });
  await expect(deliveriesCancel.call(admin, input)).rejects.toMatchObject({ code: "conflict" });
  expect(await deliveriesResend.call(as("operator"), input)).toEqual({ id: input.id, status: "pending" });
  await expect(deliveriesCancel.call(admin, { id: "dlv_none" })).rejects.toMatchObject({ code: "not_found" });
});

test("an alert names the channels that were notified, and is resolved once", async () => {
  const eventId = await noted("one");
  const { orm, t } = database();
  const [sent] = await list(admin, { eventId, channelId: hook });
  await orm
    .update(t.deliveries)
    .set({ status: "sent" })
    .where(eq(t.deliveries.id, sent?.id ?? ""));
  const [alert] = (await alertsList.call(as("viewer"), { status: "open" })).items;
  expect(alert).toMatchObject({ type: "custom.notification", status: "firing", count: 1, notified: ["hook"] });
  const input = { id: alert?.id ?? "" };
  expect(await alertsResolve.call(as("operator"), input)).toMatchObject({
    status: "resolved",
    resolution: "person",
    resolvedBy: "a key",
  });
  await expect(alertsResolve.call(as("operator"), input)).rejects.toMatchObject({ code: "conflict" });
  expect((await alertsList.call(admin, { status: "open" })).items).toEqual([]);
  expect((await alertsList.call(admin, { status: "resolved" })).items).toHaveLength(1);
});

test("samples of a Test are in the delivery log, which can leave them out, and are no events", async () => {
  const { orm, t } = database();
  const eventId = await noted("one");
  await orm.update(t.events).set({ isTest: true }).where(eq(t.events.id, eventId));
  expect((await list(admin)).every(({ isTest }) => isTest)).toBe(true);
  expect(await list(admin, { includeTests: "false" })).toEqual([]);
  expect((await eventsList.call(admin, {})).items).toEqual([]);
});
