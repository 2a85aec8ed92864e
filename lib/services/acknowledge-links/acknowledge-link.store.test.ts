import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { resolveAlert } from "@/db/stores/alerts";
import { systemActor } from "@/lib/auth/access/actor";
import { ACKNOWLEDGE_MARK } from "@/lib/core/acknowledge-mark";
import { setRuntimeValue } from "@/lib/core/runtime";
import { emit } from "@/lib/dispatch/emit";
import {
  addRule,
  addWebhook,
  deliveriesOf,
  openAlerts,
  runEvent,
  setNotifications,
  startPipeline,
  startReceiver,
  until,
} from "@/lib/dispatch/pipeline-fixture";
import { makeAcknowledgeToken } from "@/lib/secrets/acknowledge-token";
import { setSecretKey } from "@/lib/secrets/key";
import { alertsAcknowledge } from "@/lib/services/alerts/acknowledge";
import { auditRowsOf } from "@/lib/services/audit-row";
import { acknowledgeLinksGet, acknowledgeLinksUse } from "./acknowledge-link";

const DAY = 24 * 3_600_000;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let pipeline: Awaited<ReturnType<typeof startPipeline>>;
let channel: string;

beforeAll(async () => {
  setSecretKey("k".repeat(32));
  receiver = await startReceiver();
});
afterAll(() => receiver.stop());
beforeEach(async () => {
  setRuntimeValue("baseUrl", "https://belfry.example");
  receiver.received.length = 0;
  pipeline = await startPipeline();
  channel = await addWebhook("Ops room", receiver.url());
  await addRule("job_a", channel, "failure", { repeat: "remind", remindHours: 1 });
});
afterEach(() => pipeline.stop());

const urls = () => receiver.received.map((one) => (one as { acknowledgeUrl?: string | null }).acknowledgeUrl);
async function failed(): Promise<{ alertId: string; url: string; token: string }> {
  await emit(runEvent("backup.failed"));
  await until(async () => (await deliveriesOf(channel)).some((one) => one.kind === "reminder"));
  const url = urls().at(-1) ?? "";
  const [alert] = await openAlerts();
  return { alertId: alert?.id ?? "", url, token: url.split("/").at(-1) ?? "" };
}
const read = (token: string) => acknowledgeLinksGet.call(null, { token });
const use = (token: string) => acknowledgeLinksUse.call(null, { token, address: "192.0.2.7" });
async function audited(): Promise<Record<string, unknown>[]> {
  const { orm, t } = database();
  return await orm.select().from(t.auditLog).where(eq(t.auditLog.verb, "acknowledgeLinks.use"));
}

test("the link of a message acknowledges its alert once, reminders end, and the audit log says through what", async () => {
  const { alertId, url, token } = await failed();
  expect(url).toMatch(/^https:\/\/belfry\.example\/acknowledge\/[\w-]{43}\.[\w]+\.[\w]+$/);
  // Programs that check mail open links, also several times.
  for (let i = 0; i < 3; i++) expect(await read(token)).toMatchObject({ state: "firing" });
  expect((await openAlerts())[0]?.status).toBe("firing");
  expect(await use(token)).toEqual({ changed: true });
  const by = "the link in channel Ops room";
  expect((await openAlerts())[0]).toMatchObject({ id: alertId, status: "acknowledged", acknowledgedBy: by });
  expect(await read(token)).toMatchObject({ state: "acknowledged", by, title: expect.stringContaining("job a") });
  expect((await deliveriesOf(channel)).find((one) => one.kind === "reminder")).toMatchObject({
    status: "canceled",
    reasonCode: "alert_acknowledged",
  });
  const row = { actorName: "through the link in channel Ops room", entityId: alertId, address: "192.0.2.7" };
  expect(await audited()).toEqual([expect.objectContaining(row)]);
  expect(await use(token)).toEqual({ changed: false });
  expect(await audited()).toHaveLength(1);
});

test("two people use it at once, and a third acknowledges in Belfry: one of them did it", async () => {
  const { alertId, token } = await failed();
  const answers = await Promise.all([
    use(token),
    use(token),
    alertsAcknowledge.call(systemActor, { id: alertId }).then(
      () => ({ changed: true }),
      () => ({ changed: false }),
    ),
  ]);
  expect(answers.filter(({ changed }) => changed)).toHaveLength(1);
  const { orm, t } = database();
  const rows = await orm.select().from(t.auditLog).where(eq(t.auditLog.entityId, alertId));
  expect(rows).toHaveLength(1);
});

test("the delivery log, the payload and the events show a mark in place of the link", async () => {
  const { token } = await failed();
  const { orm, t } = database();
  const [deliveries, events, attempts] = [
    await orm.select().from(t.deliveries),
    await orm.select().from(t.events),
    await orm.select().from(t.attempts),
  ];
  const stored = JSON.stringify([deliveries, events, attempts, await openAlerts()]);
  expect(stored).not.toContain(token);
  expect(stored).not.toContain(token.slice(0, 43));
  expect(JSON.stringify(deliveries[0]?.payload)).toContain(ACKNOWLEDGE_MARK);
});

test("expired, altered, of an unknown or a resolved alert: nothing changes, and an altered one learns nothing", async () => {
  const { alertId, token } = await failed();
  const [initial] = await deliveriesOf(channel);
  const sign = (more: object) =>
    makeAcknowledgeToken({ alertId, deliveryId: initial?.id ?? "", expiresAt: Date.now() + 60_000, ...more });
  const invalid = { code: "not_found", message: expect.stringMatching(/^This link is not valid/) };
  const refused: [string, object][] = [
    [sign({ expiresAt: Date.now() - 1_000 }), { code: "conflict", message: expect.stringMatching(/has expired/) }],
    [`${token.startsWith("A") ? "B" : "A"}${token.slice(1)}`, invalid],
    [sign({ alertId: "alr_other" }), invalid],
    [sign({ deliveryId: "dlv_unknown" }), invalid],
    ["", invalid],
  ];
  for (const [wrong, error] of refused) {
    await expect(read(wrong)).rejects.toMatchObject(error);
    await expect(use(wrong)).rejects.toMatchObject(error);
    await expect(read(wrong)).rejects.not.toThrow(/job a/);
  }
  expect((await openAlerts())[0]?.status).toBe("firing");
  const audit = auditRowsOf("alerts.resolve", systemActor, Date.now());
  await resolveAlert(alertId, "Ada", audit("alert", alertId, ""));
  await expect(use(token)).rejects.toMatchObject({ code: "conflict", message: expect.stringMatching(/was resolved/) });
  expect(await audited()).toEqual([]);
});

test("a link expires seven days after its message", async () => {
  const before = Math.floor(Date.now() / 1000) * 1000;
  const { token } = await failed();
  const expiresAt = Number.parseInt(token.split(".").at(-1) ?? "", 36) * 1000;
  expect(expiresAt - 7 * DAY).toBeGreaterThanOrEqual(before);
  expect(expiresAt - 7 * DAY).toBeLessThanOrEqual(Date.now());
});

test("there is no link without a base URL, where they are disabled, for a fact, and for a recovery", async () => {
  setRuntimeValue("baseUrl", undefined);
  // The installation is read again after a change of settings only.
  await setNotifications({});
  await emit(runEvent("backup.failed"));
  await until(() => urls().length === 1);
  expect(urls()).toEqual([null]);
  setRuntimeValue("baseUrl", "https://belfry.example");
  await setNotifications({ acknowledgeLinks: false });
  const everything = await addWebhook("All", receiver.url("/all"));
  await addRule("job_a", everything, "always");
  await emit(runEvent("backup.completed"));
  await emit(runEvent("backup.failed"));
  // All of them: what is sent once links are on again would have one.
  await until(() => receiver.received.length === 5);
  await setNotifications({});
  await emit(runEvent("backup.completed"));
  await until(() => receiver.at("/all").length >= 3);
  expect(new Set(urls())).toEqual(new Set([null]));
});
