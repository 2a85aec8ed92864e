import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type App, startApp } from "./support/app";
import { exampleAddress } from "./support/examples";
import { findSticksOut } from "./support/page-audit";
import { routesOf } from "./support/routes";

/** As long as a name may be, without a place to break it. */
const longName = (kind: string) => kind.padEnd(100, "x");
const LABELS = { ["key".padEnd(63, "x")]: longName("value") };
const WIDTHS = [360, 1280];

let folder = "";
let app: App;
let page: Page;

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-long-"));
  app = await startApp({ dataDir: path.join(folder, "data") });
  await fillWithLongNames();
  page = await app.sharedPageOf(browser);
});
test.afterAll(async () => {
  await app?.close();
  rmSync(folder, { recursive: true, force: true });
});

const made = (where: string, body: object) => app.api.post<{ id: string }>(where, body);

async function fillWithLongNames(): Promise<void> {
  for (const name of ["files", "backups"]) mkdirSync(path.join(folder, name));
  writeFileSync(path.join(folder, "files", longName("file")), "a");
  const pathOf = (name: string) => path.join(folder, name);
  const named = (kind: string) => ({ name: longName(kind), labels: LABELS });
  const [good, dead] = await Promise.all(
    ["channel", "dead"].map((kind) =>
      made("/channels", {
        ...named(kind),
        provider: "webhook",
        config: { url: `http://127.0.0.1:9/${longName("hook")}` },
      }),
    ),
  );
  const channels = [good?.id, dead?.id];
  const notifications = channels.map((channelId) => ({ channelId }));
  const source = await made("/sources", { ...named("source"), kind: "directory", config: { path: pathOf("files") } });
  const store = { ...named("destination"), kind: "local", createFolder: true, config: { path: pathOf("backups") } };
  const destination = await made("/destinations", store);
  const schedule = { cron: "0 * * * *", timezone: "UTC" };
  const job = { ...named("job"), sourceId: source.id, destinationIds: [destination.id], notifications, schedule };
  const jobId = (await made("/jobs", job)).id;
  await app.api.post(`/jobs/${jobId}/run`, {});
  await made("/profiles", { name: longName("profile"), notifications });
  const conditions = [{ field: "job", value: longName("job") }];
  await made("/routes", {
    name: longName("route"),
    conditions: [{ field: "job", op: "matches", value: longName("job") }],
    channels,
  });
  await made("/silences", { reason: longName("silence"), conditions });
  await made("/escalation-policies", { name: longName("policy"), steps: [{ afterMinutes: 15, channels }] });
  const from = { path: `/srv/${longName("folder")}` };
  await made("/syncs", { name: longName("sync"), from, destinationId: destination.id });
  const repository = { name: longName("repository"), kind: "borg", location: pathOf(longName("borg")), create: true };
  await made("/repositories", { ...repository, passphrase: "a passphrase of some length" });
  await made("/clients", named("client"));
  const email = `${"mail".padEnd(60, "x")}@${"domain".padEnd(60, "x")}.test`;
  await made("/users", { name: longName("user"), role: "operator", email, password: "a few words of an operator" });
  await made("/api-keys", { name: longName("key"), role: "viewer" });
  await app.api.patch("/settings/notifications", { globalChannels: channels, fallbackChannels: channels });
  await app.api.post("/notify", { title: longName("title"), message: longName("message"), tone: "failure" });
}

test("names of a hundred characters make no page scroll sideways, from 360 px on", async () => {
  for (const route of routesOf("(console)")) {
    const address = await exampleAddress(app, route);
    await page.goto(address);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
      expect.soft(await findSticksOut(page), `${route} at ${width} px`).toEqual([]);
    }
  }
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
  await page
    .getByRole("button", { name: /^(Recover|Resend)/ })
    .first()
    .click();
  await expect(page.getByRole("dialog")).toBeVisible();
  expect(refused).toEqual([]);
});
