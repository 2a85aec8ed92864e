import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Api, apiOf } from "@/e2e/support/api";
import { type Belfry, prepareBelfry, startBelfry } from "@/e2e/support/belfry";
import { until } from "@/e2e/support/child";
import { belfryCommandMeanwhile } from "@/e2e/support/command";
import { startWebhookServer, type WebhookServer } from "@/e2e/support/webhook-server";

/* The commands of the inbox, silences, reports and lost notifications, through the socket of the running program. */

const dataDir = mkdtempSync(path.join(tmpdir(), "belfry-notification-commands-"));
let belfry: Belfry;
let api: Api;
let hook: WebhookServer;
beforeAll(async () => {
  prepareBelfry();
  hook = await startWebhookServer();
  belfry = await startBelfry({ dataDir });
  const made = await json<{ key: string }>("api-key create --name test --role admin");
  api = apiOf(belfry.url, made.key);
  await api.post("/channels", { name: "ops", provider: "webhook", config: { url: hook.url } });
}, 240_000);
afterAll(async () => {
  await belfry?.stop();
  await hook?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const run = (line: string) => belfryCommandMeanwhile(dataDir, line.split(" "));

/** What a command prints for programs. */
async function json<T>(line: string): Promise<T> {
  const { code, out, err } = await run(`${line} --json`);
  expect({ code, err }, line).toEqual({ code: 0, err: "" });
  return JSON.parse(out) as T;
}

/** What it prints for people, in one line. */
async function text(line: string): Promise<string> {
  const { code, out, err } = await run(line);
  expect({ code, err }, line).toEqual({ code: 0, err: "" });
  return out.trim();
}

const problem = (dedupKey: string) =>
  api.post("/notify", {
    title: `Problem ${dedupKey}`,
    message: "It is full.",
    tone: "failure",
    dedupKey,
    channels: ["ops"],
  });
const titles = () => hook.taken.map(({ text: body }) => (JSON.parse(body) as { title: string }).title);

interface Entry {
  id: string;
  title: string;
  status: string;
  snoozedUntil: string | null;
}

test("alerts: list, read, acknowledge, snooze and resolve", async () => {
  await problem("disk");
  const [entry] = await json<Entry[]>("alerts list --status open");
  expect(entry).toMatchObject({ title: "Problem disk", status: "new" });
  const id = entry?.id ?? "";
  expect(await text("alerts list")).toMatch(new RegExp(`^ID .*TITLE\\n${id} +critical +new +1 .*Problem disk$`));
  expect(await text(`alerts read ${id}`)).toBe("Problem disk is marked as read.");
  expect(await json<Entry[]>("alerts list --status read")).toMatchObject([{ id }]);
  const before = Date.now();
  const { snoozedUntil } = await json<Entry>(`alerts snooze ${id} --for 8h`);
  expect(Date.parse(snoozedUntil ?? "")).toBeGreaterThanOrEqual(before + 8 * 3_600_000);
  expect(Date.parse(snoozedUntil ?? "")).toBeLessThanOrEqual(Date.now() + 8 * 3_600_000);
  expect(await text(`alerts snooze ${id} --end`)).toBe("The snooze of Problem disk is over.");
  expect(await json<Entry>(`alerts acknowledge ${id}`)).toMatchObject({ status: "acknowledged", snoozedUntil: null });
  expect(await text(`alerts resolve ${id}`)).toBe("Problem disk is resolved.");
  expect(await json<Entry[]>("alerts list --status open")).toEqual([]);
  expect(await run(`alerts acknowledge ${id}`)).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringMatching(/\.\n$/),
  });
  expect(await text("alerts read-all")).toBe("Everything is marked as read.");
});

interface Silence {
  id: string;
  state: string;
  effect: string;
  held: number;
}

test("silence: create, list, end and delete; what it held is sent", async () => {
  const before = titles().length;
  const made = await json<Silence>("silence create maintenance --for 2d --name sh* --channel ops");
  const list = await text("silence list");
  expect(list).toMatch(new RegExp(`\\n${made.id} +on +hold `));
  expect(list).toContain("channel=ops name=sh*");
  await problem("shop");
  await until("it is held", async () => (await api.get<Silence>(`/silences/${made.id}`)).held === 1);
  expect(titles()).toHaveLength(before);
  expect(await text(`silence end ${made.id}`)).toBe(`The silence ${made.id} has ended.`);
  await until("what it held is sent", () => titles().includes("Problem shop"));
  expect(await json<Silence[]>("silence list")).toEqual([]);
  expect(await json<Silence[]>("silence list --ended")).toMatchObject([{ id: made.id, state: "ended" }]);
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  const dropping = await json<Silence>(`silence create moved --drop --until ${tomorrow}`);
  expect(dropping).toMatchObject({ effect: "drop", state: "on" });
  expect(await text(`silence delete ${dropping.id}`)).toBe(`The silence ${dropping.id} is removed.`);
});

test("report: preview and send to a channel, by its name", async () => {
  expect(await text("report preview --channel ops")).toMatch(/^Daily report: nothing ran/);
  expect(await text("report send --channel ops --weekly")).toBe("The report was sent through ops.");
  await until("the report has arrived", () => titles().includes("Weekly report: nothing ran"));
});

test("channels recover: what a channel lost is counted first, and then sent again", async () => {
  hook.failWith(400, "invalid_token");
  await problem("lost");
  const dead = () => api.get<{ items: unknown[] }>("/deliveries?status=dead");
  await until("it is dead", async () => (await dead()).items.length === 1);
  hook.recover();
  const line = "channels recover ops --since 1h --as each";
  expect(await text(`${line} --dry-run`)).toMatch(/^1 notification would be sent again\./);
  expect(titles()).not.toContain("Problem lost");
  expect(await json(line)).toMatchObject({ count: 1, dryRun: false });
  await until("it has arrived", () => titles().includes("Problem lost"));
  expect(await text(line)).toBe("Nothing is lost that could be sent again.");
});

test.each([
  ["alerts snooze alr_gone --for 1h", 1],
  ["alerts resolve alr_gone", 1],
  ["silence create x --for 1h --until 2099-01-01T00:00:00Z", 2],
  ["silence create x --until 2020-01-01T00:00:00Z", 1],
  ["silence delete sil_gone", 1],
  ["report send --channel gone", 1],
  ["channels recover ops --since never --as each", 2],
  ["channels recover gone --since 1h --as each", 1],
])("%s is refused by one sentence", async (line, code) => {
  const refused = await run(line);
  expect(refused).toMatchObject({ code, out: "" });
  expect(refused.err).toMatch(/^\S.*\.\n/);
});

test("channels and what they were to send are listed and shown, and a Test that is not taken ends with 1", async () => {
  expect(await json("channels list")).toMatchObject([{ name: "ops", provider: "webhook" }]);
  expect(await text("channels list")).toMatch(/ops +Webhook +on +\w+$/);
  const before = hook.taken.length;
  expect(await json("channels test ops")).toMatchObject({ status: "sent" });
  expect(hook.taken).toHaveLength(before + 1);
  const [delivery] = await json<{ id: string; channelName: string }[]>("deliveries list --channel ops --limit 1");
  expect(delivery).toMatchObject({ channelName: "ops" });
  expect(await json(`deliveries show ${delivery?.id}`)).toMatchObject({ attempts: [{ status: 200 }] });
  expect(await text(`deliveries show ${delivery?.id}`)).toMatch(/attempt 1 .* sent 200/);
  expect(await text("deliveries list --status sent")).toContain(delivery?.id);
  hook.failWith(400);
  const refused = await run("channels test ops --json");
  hook.recover();
  expect(refused).toMatchObject({ code: 1, out: "", err: expect.stringContaining("400") });
  for (const wrong of [
    "deliveries show dlv_gone",
    "channels test nobody",
    "runs show run_gone",
    "restore art_gone --to /x",
  ])
    expect(await run(`${wrong} --json`)).toMatchObject({ code: 1, out: "", err: expect.stringMatching(/./) });
  expect(await run("deliveries list --status bad --json")).toMatchObject({ code: 2, out: "" });
});
