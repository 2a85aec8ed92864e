import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Api, apiOf, type List } from "./support/api";
import { type Belfry, prepareBelfry, startBelfry } from "./support/belfry";
import { until } from "./support/child";
import { belfryCommand } from "./support/command";
import { type DiscordServer, startDiscordServer } from "./support/discord-server";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

const SHIFTED_CLOCK = path.join(import.meta.dirname, "support/shifted-clock.cjs");
const HOUR_MS = 3_600_000;
/** How far the program's clock goes behind until the test lets the time pass. */
const BEHIND_MS = 26 * HOUR_MS;
const SECRET = "a key for the tests of what is due, long enough";

let chat: DiscordServer;
let hooks: Record<"ops" | "boss" | "reports", WebhookServer>;
const dataDir = mkdtempSync(path.join(tmpdir(), "belfry-due-"));
let belfry: Belfry | undefined;
beforeAll(async () => {
  prepareBelfry();
  chat = await startDiscordServer();
  hooks = { ops: await startWebhookServer(), boss: await startWebhookServer(), reports: await startWebhookServer() };
}, 240_000);
afterAll(async () => {
  await belfry?.stop();
  await chat?.close();
  for (const hook of Object.values(hooks ?? {})) await hook.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** When something is to be due, by the program's clock while it goes behind. */
const inHours = (hours: number) => new Date(Date.now() - BEHIND_MS + hours * HOUR_MS).toISOString();

/** An hour of the day that comes once while the time passes, and not again for hours. */
const REPORT_HOUR = new Date(Date.now() + 12 * HOUR_MS).getUTCHours();

/** A summary, two steps of an escalation, two reminders, one of them of a snoozed alert, and a report: all wait. */
async function prepare(api: Api): Promise<void> {
  const create = async (name: string, provider: string, config: object, more = {}) =>
    (await api.post<{ id: string }>("/channels", { name, provider, config, ...more })).id;
  await create("chat", "discord", { webhookUrl: chat.webhookUrl() });
  await create("ops", "webhook", { url: hooks.ops.url });
  const boss = await create("boss", "webhook", { url: hooks.boss.url });
  const reports = { dailyHour: REPORT_HOUR, weeklyDay: null, weeklyHour: 0, timezone: "UTC" };
  await create("reports", "webhook", { url: hooks.reports.url }, { reports });

  const steps = [{ afterMinutes: 60, channels: [boss] }];
  const { id: escalationPolicyId } = await api.post<{ id: string }>("/escalation-policies", { name: "Night", steps });
  await api.patch("/settings/notifications", {
    events: { "custom.notification": { repeat: "remind", remindHours: 3, escalationPolicyId } },
  });
  for (const dedupKey of ["snoozed", "open"])
    await api.post("/notify", {
      title: `Problem ${dedupKey}`,
      message: "It is full.",
      tone: "failure",
      dedupKey,
      channels: ["ops"],
    });
  await until("the problems are sent", () => hooks.ops.taken.length === 2);
  const { items } = await api.get<List<{ id: string; title: string }>>("/notifications");
  const snoozed = items.find(({ title }) => title === "Problem snoozed");
  await api.post(`/notifications/${snoozed?.id}/snooze`, { until: inHours(5) });

  const conditions = [{ field: "channel", op: "is", value: "chat" }];
  await api.post("/silences", { reason: "new disks", conditions, endsAt: inHours(2) });
  for (const title of ["Note one", "Note two"])
    await api.post("/notify", { title, message: "It is done.", channels: ["chat"] });
}

test("what is due when the program is killed goes exactly once after its next start", async () => {
  const env = { BELFRY_SECRET_KEY: SECRET };
  const behind = { NODE_OPTIONS: `--require ${SHIFTED_CLOCK}`, TEST_CLOCK_AHEAD_MS: String(-BEHIND_MS) };
  belfry = await startBelfry({ dataDir, env: { ...env, ...behind } });
  const made = belfryCommand(dataDir, ["api-key", "create", "--name", "due", "--role", "admin", "--json"]);
  const { key } = JSON.parse(made.out) as { key: string };
  await prepare(apiOf(belfry.url, key));

  // The time passes, and every service refuses for now: what is due is under way, and taken by none.
  for (const hook of Object.values(hooks)) {
    hook.failWith(503);
    hook.taken.length = 0;
  }
  chat.failWith({ status: 503 });
  const attempts = () =>
    Object.values(hooks).reduce((sum, { requests }) => sum + requests.length, chat.requests.length);
  const before = attempts();
  belfry.child.kill("SIGUSR2");
  await until("something is under way", () => attempts() > before, belfry);
  await belfry.kill();

  for (const hook of Object.values(hooks)) hook.recover();
  chat.recover();
  belfry = await startBelfry({ dataDir, env });
  const titles = (name: keyof typeof hooks) =>
    hooks[name].taken.map(({ text }) => (JSON.parse(text) as { title: string }).title).sort();
  const arrived = () => chat.messages.length + titles("ops").length + titles("boss").length + titles("reports").length;
  await until("everything has arrived", () => arrived() >= 6, { ...belfry, timeoutMs: 90_000 });
  // Nothing that is due is left.
  const api = apiOf(belfry.url, key);
  const waiting = async () => {
    const lists = await Promise.all(
      ["pending", "held", "sending"].map((status) =>
        api.get<List<{ dueAt: string | null }>>(`/deliveries?status=${status}`),
      ),
    );
    return lists.flatMap(({ items }) => items);
  };
  await until("only later reminders wait", async () => (await waiting()).length === 2, belfry);
  expect(titles("ops")).toEqual(["Problem open", "Problem snoozed"]);
  expect(titles("boss")).toEqual(["Problem open", "Problem snoozed"]);
  expect(titles("reports")).toEqual([expect.stringMatching(/^Daily report: /)]);
  expect(chat.messages.map((one) => JSON.stringify(one))).toEqual([
    expect.stringContaining("2 notifications held by a silence"),
  ]);
}, 240_000);
