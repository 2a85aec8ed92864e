import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type App, startApp } from "./support/app";

/** As long as a name may be, without a place to break it. */
const longName = (kind: string) => kind.padEnd(100, "x");

let folder = "";
let app: App;
let page: Page;
const ids: Record<string, string> = {};

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-long-"));
  for (const name of ["files", "backups"]) mkdirSync(path.join(folder, name));
  app = await startApp({ dataDir: path.join(folder, "data") });
  const made = async (where: string, body: object) => {
    ids[where] = (await app.api.post<{ id: string }>(where, body)).id;
    return ids[where];
  };
  const url = "http://127.0.0.1:9/hook";
  const channel = await made("/channels", { name: longName("channel"), provider: "webhook", config: { url } });
  const config = (name: string) => ({ path: path.join(folder, name) });
  const sourceId = await made("/sources", { name: longName("source"), kind: "directory", config: config("files") });
  const store = { name: longName("destination"), kind: "local", config: config("backups") };
  const destinationId = await made("/destinations", store);
  const notifications = [{ channelId: channel }];
  const schedule = { cron: "0 * * * *", timezone: "UTC" };
  const job = { name: longName("job"), sourceId, destinationIds: [destinationId], notifications, schedule };
  const jobId = await made("/jobs", job);
  await made("/profiles", { name: longName("profile"), notifications });
  await made("/routes", { name: longName("route"), conditions: [], channels: [channel] });
  await made("/clients", { name: longName("client") });
  await made("/silences", { reason: longName("silence"), conditions: [{ field: "job", value: longName("job") }] });
  const { runId } = await app.api.post<{ runId: string }>(`/jobs/${jobId}/run`, {});
  ids["/runs"] = runId;
  await app.api.post("/notify", { title: longName("title"), message: longName("message"), tone: "failure" });
  page = await app.pageOf(browser);
});
test.afterAll(async () => {
  await app?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("fault F8: a dialog after an action asks for nothing that the content policy refuses", async () => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto("/channels");
  const refused: string[] = [];
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) refused.push(message.text());
  });
  await page
    .getByRole("main")
    .getByRole("link", { name: longName("channel") })
    .first()
    .click();
  await page.getByLabel("Name", { exact: true }).fill("Ops");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Recover…" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  expect(refused).toEqual([]);
});
