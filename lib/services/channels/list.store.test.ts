import { afterAll, beforeAll, expect, test } from "vitest";
import { database } from "@/db/client";
import { freshDatabase } from "@/db/testing";
import { type Actor, systemActor } from "@/lib/auth/access/actor";
import { emit } from "@/lib/dispatch/emit";
import { setSecretKey } from "@/lib/secrets/key";
import { channelsCreate } from "./create";
import { channelsDuplicate, unusedName } from "./duplicate";
import { channelsGet } from "./get";
import { channelsList } from "./list";
import { channelsOptions } from "./options";
import { channelsRecognise } from "./recognise";
import { channelsUpdate } from "./update";

const URL_SECRET = "http://127.0.0.1:9/hooks/3f9c1d7ae0b24c55aa";

let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
});
afterAll(() => close());

const webhook = async (name: string, more: Record<string, unknown> = {}) =>
  (await channelsCreate.call(systemActor, { name, provider: "webhook", config: { url: URL_SECRET }, ...more })).id;

async function event(key: string): Promise<void> {
  await emit({
    type: "custom.notification",
    subject: { kind: "custom", id: key, name: key },
    data: {},
    custom: { title: "t", message: "m", tone: "failure", severity: "critical", dedupKey: key },
  });
}

test("today's counts cover the reader's own day, without Tests", async () => {
  const id = await webhook("counted", { events: ["custom.notification"] });
  const { orm, t } = database();
  for (const key of ["a", "b", "c", "d"]) await event(key);
  const rows = await orm.select().from(t.deliveries).orderBy(t.deliveries.id);
  expect(rows).toHaveLength(4);
  const [model] = rows;
  if (!model) throw new Error("Nothing was inserted.");
  await orm.delete(t.deliveries);
  const DAY_MS = 86_400_000;
  // Kiribati and Samoa share their clocks' minutes, but never their date.
  const east = { ...reader, timezone: "Pacific/Kiritimati" };
  const west = { ...reader, timezone: "Pacific/Pago_Pago" };
  const lay = (count: number, at: number, changes: Partial<typeof model>) =>
    orm.insert(t.deliveries).values(
      Array.from({ length: count }, (_, number) => ({
        ...model,
        ...changes,
        id: `dlv_${inBase32(at)}${String(number).padStart(4, "0")}${changes.kind ?? ""}${changes.status}`,
        eventId: `evt_${at}_${number}_${changes.status}_${changes.kind ?? ""}`,
      })),
    );
  const now = Date.now();
  await lay(3, now, { status: "sent" });
  await lay(2, now, { status: "dead" });
  await lay(1, now, { status: "held" });
  await lay(1, now, { status: "sending" });
  await lay(4, now, { status: "folded" });
  await lay(5, now, { status: "sent", kind: "test" });
  await lay(6, now, { status: "pending", kind: "reminder" });
  const today = { sent: 3, dead: 2, waiting: 2 };
  for (const actor of [east, west, systemActor]) {
    expect((await channelsGet.call(actor, { id })).today).toEqual(today);
  }
  await orm.delete(t.deliveries);
  // Of any two moments a day apart the same reader counts one.
  await lay(1, now, { status: "sent" });
  await lay(1, now - DAY_MS, { status: "sent" });
  expect((await channelsGet.call(east, { id })).today.sent).toBe(1);
  await orm.delete(t.deliveries);
  // Twelve hours apart: twelve hours ago was yesterday for one of the two, whenever this runs.
  await lay(1, now - DAY_MS / 2, { status: "sent" });
  const readers = ["UTC", "Etc/GMT-12"].map((timezone) => ({ ...reader, timezone }));
  const seen = readers.map(async (actor) => (await channelsGet.call(actor, { id })).today.sent);
  expect((await Promise.all(seen)).sort()).toEqual([0, 1]);
  await orm.delete(t.deliveries);
});

const reader = { kind: "user", id: "usr_1", name: "r", email: "r@example.org", role: "viewer", address: null } as const;

function inBase32(value: number): string {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  let text = "";
  for (let rest = value; text.length < 10; rest = Math.floor(rest / 32)) text = alphabet[rest % 32] + text;
  return text;
}

test("the list is filtered by the state on the badge", async () => {
  const { orm, t } = database();
  const ids = {
    fresh: await webhook("fresh"),
    fine: await webhook("fine"),
    retrying: await webhook("retrying"),
    paused: await webhook("paused"),
    failing: await webhook("failing"),
    off: await webhook("off", { enabled: false }),
    muted: await webhook("muted", { mutedUntil: new Date(Date.now() + 3_600_000).toISOString() }),
  };
  const state = { failures: 1, health: "healthy" } as const;
  await orm.insert(t.channelStates).values([
    { ...state, channelId: ids.fine },
    { ...state, channelId: ids.retrying, health: "retrying" },
    { ...state, channelId: ids.paused, health: "paused" },
    { ...state, channelId: ids.failing, health: "retrying", failingSince: 1 },
    { ...state, channelId: ids.off, health: "retrying", failingSince: 1 },
  ]);
  const named = async (wanted: "healthy" | "retrying" | "paused" | "failing" | "muted" | "off") =>
    (await channelsList.call(systemActor, { state: wanted })).items.map(({ name }) => name);
  expect(await named("healthy")).toEqual(["counted", "fresh", "fine", "muted"]);
  expect(await named("retrying")).toEqual(["retrying"]);
  expect(await named("paused")).toEqual(["paused"]);
  expect(await named("failing")).toEqual(["failing"]);
  expect(await named("muted")).toEqual(["muted"]);
  expect(await named("off")).toEqual(["off"]);
});

test("a copy has everything of its channel, its secrets too, but is disabled and leaves the original alone", async () => {
  const id = await webhook("original", {
    config: { url: URL_SECRET, authHeader: "Bearer a-secret", method: "PUT" },
    events: ["user.created"],
    minSeverity: "warning",
    rateLimit: { requests: 3, perSeconds: 60 },
    texts: { title: "{{job.name}}" },
  });
  const original = await channelsGet.call(systemActor, { id });
  const copy = await channelsDuplicate.call(systemActor, { id });
  const { id: _, name, enabled, createdAt, updatedAt, ...rest } = copy;
  expect([name, enabled]).toEqual(["original (copy)", false]);
  expect(original).toMatchObject(rest);
  expect(JSON.stringify(copy)).not.toContain("a-secret");
  expect((await channelsDuplicate.call(systemActor, { id })).name).toBe("original (copy 2)");

  const { orm, t } = database();
  const sealed = (await orm.select().from(t.channels)).filter((row) => row.name.startsWith("original"));
  expect(new Set(sealed.map(({ secrets }) => secrets)).size).toBe(1);
  // Each is its own channel from now on.
  await channelsUpdate.call(systemActor, { id: copy.id, config: { authHeader: null }, enabled: true });
  expect((await channelsGet.call(systemActor, { id })).config).toMatchObject({ authHeader: { stored: true } });
  await expect(channelsDuplicate.call(systemActor, { id: "chn_none" })).rejects.toMatchObject({ code: "not_found" });
});

test("options of a per-job monitor name the jobs that use it, and show nothing of its address", async () => {
  const { orm, t } = database();
  const monitor = async (name: string, path: string) =>
    (
      await channelsCreate.call(systemActor, {
        name,
        provider: "healthchecks",
        config: { pingUrl: `https://hc-ping.com/${path}` },
      })
    ).id;
  const single = await monitor("single", "5f1f3a2e-0b1c-4d5e-8f90-a1b2c3d4e5f6");
  const shared = await monitor("shared", "aProjectKey12345678901/{{job.slug}}");
  const idle = await monitor("idle", "6f1f3a2e-0b1c-4d5e-8f90-a1b2c3d4e5f6");
  const model = { kind: "managed", sourceId: "src_1", enabled: true, compression: "none", keepLast: 3 } as const;
  const times = { graceMinutes: 10, retries: 0, createdAt: 1, updatedAt: 1 };
  await orm.insert(t.jobs).values({ ...model, ...times, id: "job_1", name: "Shop", slug: "shop" });
  const row = {
    jobId: "job_1",
    condition: "always",
    repeat: "every",
    notifyOnRecovery: true,
    includeLog: false,
  } as const;
  await orm.insert(t.jobNotifications).values([
    { ...row, id: "row_1", channelId: single, position: 0, logLimit: 1000 },
    { ...row, id: "row_2", channelId: shared, position: 1, logLimit: 1000 },
  ]);
  const options = await channelsOptions.call({ ...reader, timezone: null }, {});
  const usedBy = (id: string) => options.find((option) => option.id === id)?.usedByJobs;
  expect(usedBy(single)).toEqual([{ id: "job_1", name: "Shop" }]);
  expect(usedBy(shared)).toBeUndefined();
  expect(usedBy(idle)).toEqual([]);
  expect(JSON.stringify(options)).not.toContain("a1b2c3d4e5f6");
});

test("the name of a copy stays within what a name may be", () => {
  const long = "x".repeat(100);
  expect(unusedName(long, new Set())).toBe(`${"x".repeat(93)} (copy)`);
  expect(unusedName(long, new Set([`${"x".repeat(93)} (copy)`]))).toBe(`${"x".repeat(91)} (copy 2)`);
  expect(unusedName(`${"x".repeat(92)}\u{1F514}${"y".repeat(6)}`, new Set())).toBe(`${"x".repeat(92)} (copy)`);
});

test("what is pasted fills a form and is kept nowhere; what is not understood is not repeated", async () => {
  const pasted = "https://discord.com/api/webhooks/123456789012345678/aVerySecretToken";
  expect(await channelsRecognise.call(systemActor, { text: pasted })).toEqual({
    provider: "discord",
    name: null,
    config: { webhookUrl: pasted },
    note: null,
  });
  for (const text of ["", "a-very-secret-word", `${pasted} ${pasted}`]) {
    const refused = await channelsRecognise.call(systemActor, { text }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "invalid", details: { fields: { text: expect.stringMatching(/\w/) } } });
    if (text) expect(JSON.stringify(refused) + String(refused)).not.toContain("ecret");
  }
  const viewer: Actor = { ...reader, timezone: null };
  await expect(channelsRecognise.call(viewer, { text: pasted })).rejects.toMatchObject({ code: "forbidden" });
  const { orm, t } = database();
  const stored = JSON.stringify([await orm.select().from(t.auditLog), await orm.select().from(t.channels)]);
  expect(stored).not.toContain("aVerySecretToken");
});
