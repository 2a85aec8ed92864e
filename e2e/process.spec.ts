import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, type Page, test } from "@playwright/test";
import Database from "better-sqlite3";
import type { List } from "./support/api";
import { type App, startApp } from "./support/app";
import { until } from "./support/child";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

test.describe.configure({ mode: "serial" });

let folder = "";
let app: App;
let hook: WebhookServer;
let page: Page;
let channelId = "";
let destinationId = "";

interface Run {
  id: string;
  status: string;
  error: string | null;
}

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-process-"));
  for (const name of ["large", "small", "backups"]) mkdirSync(path.join(folder, name));
  const block = randomBytes(8 * 1024 * 1024);
  for (let part = 0; part < 60; part++) writeFileSync(path.join(folder, "large", `part-${part}.bin`), block);
  writeFileSync(path.join(folder, "small", "bell.txt"), "Große Glocke");
  hook = await startWebhookServer();
  app = await startApp({ dataDir: path.join(folder, "data") });
  channelId = await made("/channels", { name: "Tower hook", provider: "webhook", config: { url: hook.url } });
  destinationId = await made("/destinations", {
    name: "backup disk",
    kind: "local",
    createFolder: true,
    config: { path: path.join(folder, "backups") },
  });
  page = await app.sharedPageOf(browser);
});
test.afterAll(async () => {
  await app?.close();
  await hook?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function made(where: string, body: object): Promise<string> {
  return (await app.api.post<{ id: string }>(where, body)).id;
}

async function jobOver(name: "large" | "small", schedule: { cron: string; timezone: string } | null): Promise<string> {
  const sourceId = await made("/sources", { name, kind: "directory", config: { path: path.join(folder, name) } });
  return made("/jobs", {
    name: `${name} files`,
    kind: "managed",
    sourceId,
    destinationIds: [destinationId],
    schedule,
    enabled: true,
    compression: "gzip",
    retention: { keepLast: 3 },
    notifications: [{ channelId, condition: "failure", repeat: "every" }],
  });
}

interface Notification {
  type: string;
  title: string;
  message: string;
}
const received = (): Notification[] => hook.taken.map(({ text }) => JSON.parse(text) as Notification);

test("pain 04: killed in the middle of a run, the run becomes a failure and is reported at the next start", async () => {
  const jobId = await jobOver("large", null);
  await page.goto("/jobs");
  await page.getByRole("button", { name: "Run large files now" }).click();
  await expect(page).toHaveURL(/\/runs\/[^/]+$/);
  const main = page.getByRole("main");
  await expect(main.getByText("Running", { exact: true }).first()).toBeVisible();
  expect(received()).toEqual([]);
  const runId = page.url().split("/").pop();
  await app.kill();
  await app.start();
  await expect
    .poll(received)
    .toEqual([expect.objectContaining({ type: "backup.failed", title: "Backup Failed: large files" })]);
  expect(received()[0]?.message).toMatch(/stopped while it ran|interrupted/i);
  const run = await app.api.get<Run>(`/runs/${runId}`);
  expect(run.status).toBe("failure");
  // It is repeated once, because Belfry itself interrupted it; that one is canceled here.
  const runs = async () => (await app.api.get<List<Run>>(`/runs?jobId=${jobId}`)).items;
  await expect.poll(async () => (await runs()).length).toBe(2);
  const again = (await runs()).find(({ id }) => id !== runId);
  await app.api.post(`/runs/${again?.id}/cancel`);
  await expect.poll(async () => (await runs()).map(({ status }) => status).sort()).toEqual(["canceled", "failure"]);
  await page.goto(`/runs/${runId}`);
  await expect(main.getByText("Failed", { exact: true }).first()).toBeVisible();
  await expect(page.getByRole("table", { name: "Deliveries of this run" })).toContainText("Tower hook");
});

test("pain 03, rule 09: slots that passed while the server was down are reported once, with their number, and not run afterwards", async () => {
  // Four minutes of each hour, none of them near now: a slot that is less than a minute late would still run.
  const ago = (minutes: number) => Date.now() - minutes * 60_000;
  const minutes = [50, 40, 30, 20].map((one) => new Date(ago(one)).getUTCMinutes()).sort((a, b) => a - b);
  const jobId = await jobOver("small", { cron: `${minutes.join(",")} * * * *`, timezone: "UTC" });
  await app.halt();
  const database = new Database(path.join(folder, "data", "belfry.db"));
  const passed = Math.floor(ago(50) / 60_000) * 60_000;
  expect(database.prepare("update jobs set next_run_at = ? where id = ?").run(passed, jobId).changes).toBe(1);
  database.close();
  const had = hook.taken.length;
  await app.start();
  const missed = () => received().slice(had);
  await expect.poll(() => missed().map(({ type }) => type)).toEqual(["backup.missed"]);
  expect(missed()[0]?.message).toMatch(/^4 due backups of small files did not begin/);
  expect((await app.api.get<List<Run>>(`/runs?jobId=${jobId}`)).items).toEqual([]);

  await page.goto("/");
  const problems = page.getByRole("table", { name: "Open alerts" });
  await expect(problems.getByRole("row").filter({ hasText: "Missed Schedule" })).toContainText("Tower hook");

  // Rule 13: a manual success resolves it.
  await page.goto("/jobs");
  await page.getByRole("button", { name: "Run small files now" }).click();
  await expect(page.getByRole("main").getByText("Success", { exact: true }).first()).toBeVisible();
  await expect
    .poll(() => missed().map(({ title }) => title))
    .toEqual(["Missed Schedule: small files", "Recovered: small files"]);
  await page.goto("/");
  await expect(problems.getByRole("row").filter({ hasText: "Missed Schedule" })).toHaveCount(0);
});

test("pain 08: a delivery waits during an outage, and the open page shows its arrival without a reload", async () => {
  hook.failWith(503, "under repair");
  await app.api.post("/notify", { title: "Rope worn", message: "of the great bell", channels: ["Tower hook"] });
  await page.goto("/deliveries");
  const row = page.getByRole("row").filter({ hasText: "Rope worn" });
  await expect(row).toContainText("Pending");
  await expect(row).toContainText("under repair");
  hook.recover();
  await expect(row.getByText("Sent", { exact: true })).toBeVisible();
  expect(received().at(-1)?.title).toBe("Rope worn");
});

test("the last problem can be resolved on the Overview, without a recovered message", async () => {
  const had = hook.taken.length;
  await page.goto("/");
  const row = page.getByRole("table", { name: "Open alerts" }).getByRole("row").filter({ hasText: "Backup Failed" });
  await row.getByRole("button", { name: "Resolve" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Resolve" }).click();
  await expect(page.getByRole("heading", { name: "No open alerts", level: 1 })).toBeVisible();
  expect(hook.taken).toHaveLength(had);
});

test("SIGTERM with an open browser shuts down cleanly within ten seconds, and the page reconnects", async () => {
  await page.goto("/runs");
  const rows = page.getByRole("table", { name: "Runs" }).getByRole("row");
  await expect(rows.first()).toBeVisible();
  const count = await rows.count();
  const { child } = app.belfry;
  const began = Date.now();
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const [code] = (await gone) as [number | null];
  expect(code).toBe(0);
  expect(Date.now() - began).toBeLessThan(10_000);
  await app.start();
  await until("health", async () => (await fetch(`${app.url}/api/health`)).ok);
  const { items } = await app.api.get<List<{ id: string; name: string }>>("/jobs");
  const small = items.find(({ name }) => name === "small files");
  await app.api.post(`/jobs/${small?.id}/run`);
  // The live connection broke; it is restored without a reload and brings the new run.
  await expect(rows).toHaveCount(count + 1);
});
