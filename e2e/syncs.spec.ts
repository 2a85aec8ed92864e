import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { ADMIN, type App, startApp } from "./support/app";
import { startS3Server } from "./support/s3-server";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

let folder = "";
let app: App;
let receiver: WebhookServer;

test.beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-syncs-"));
  receiver = await startWebhookServer();
  app = await startApp({ dataDir: path.join(folder, "data") });
  const channel = { name: "ops", provider: "webhook", config: { url: receiver.url } };
  const { id } = await app.api.post<{ id: string }>("/channels", channel);
  await app.api.patch("/settings/notifications", { globalChannels: [id] });
  mkdirSync(path.join(folder, "copies"));
  const destination = {
    name: "USB disk",
    kind: "local",
    createFolder: true,
    config: { path: path.join(folder, "copies") },
  };
  await app.api.post("/destinations", destination);
});
test.afterAll(async () => {
  await app?.close();
  await receiver?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Every file under a folder, by its name. */
const filesUnder = (root: string) =>
  readdirSync(root, { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() ? entry.name : []));

test("a folder is copied, a failure reaches the receiver and shows without a reload, and the next good copy ends it", async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const photos = path.join(folder, "photos");
  mkdirSync(path.join(photos, "2026"), { recursive: true });
  writeFileSync(path.join(photos, "2026", "one.jpg"), "1");
  writeFileSync(path.join(photos, "two.jpg"), "22");
  const page = await app.pageOf(browser, ADMIN, "/syncs/new");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByLabel("Name", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Name", { exact: true }).fill("Photos");
  await page.getByLabel("Folder", { exact: true }).fill(photos);
  await page.getByLabel("Destination", { exact: true }).selectOption({ index: 1 });
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(/\/syncs\/syn_/);
  await expect(page.getByText("No runs yet")).toBeVisible();
  const address = page.url();
  await page.getByRole("button", { name: "Run now" }).click();
  await expect(page).toHaveURL(/\/runs\/run_/);
  await expect(page.getByText("2 files in the folder: 2 stored")).toBeVisible({ timeout: 30_000 });
  expect(filesUnder(path.join(folder, "copies"))).toEqual(expect.arrayContaining(["one.jpg", "two.jpg"]));
  renameSync(photos, `${photos}-away`);
  await page.goto(address);
  await expect(page.getByText("2 files, 3 B")).toBeVisible();
  await page.getByRole("button", { name: "Run now" }).click();
  await expect(page).toHaveURL(/\/runs\/run_/);
  await expect(page.getByText("Failed", { exact: true }).first()).toBeVisible({ timeout: 30_000 });
  const titles = () => receiver.taken.map(({ text }) => (JSON.parse(text) as { title: string }).title);
  await expect.poll(titles, { timeout: 30_000 }).toContainEqual(expect.stringMatching(/Sync Failed.*Photos/));
  // What was copied stays.
  expect(filesUnder(path.join(folder, "copies"))).toEqual(expect.arrayContaining(["one.jpg", "two.jpg"]));
  renameSync(`${photos}-away`, photos);
  writeFileSync(path.join(photos, "three.jpg"), "333");
  await page.goto(address);
  await page.getByRole("button", { name: "Run now" }).click();
  await expect(page.getByText("3 files in the folder: 1 stored, 2 unchanged")).toBeVisible({ timeout: 30_000 });
  await expect.poll(titles, { timeout: 30_000 }).toContainEqual(expect.stringMatching(/Recovered.*Photos/));
});

test("a repository is chosen in the form, and copied so that borg accepts the copy", async ({ browser }) => {
  test.setTimeout(120_000);
  const repository = {
    name: "borg here",
    kind: "borg",
    location: path.join(folder, "borg"),
    passphrase: "long enough to be one",
  };
  await app.api.post("/repositories", { ...repository, create: true });
  const page = await app.pageOf(browser);
  await page.goto("/syncs/new");
  await page.getByLabel("Name", { exact: true }).fill("Offsite copy");
  await page.getByLabel("Copy", { exact: true }).selectOption("repository");
  await expect(page.getByLabel("Delete what is gone from the repository")).toBeChecked();
  await page.getByLabel("Repository", { exact: true }).selectOption({ label: "borg here (Borg)" });
  await page.getByLabel("Destination", { exact: true }).selectOption({ index: 1 });
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(/\/syncs\/syn_/);
  await expect(page.getByRole("link", { name: "borg here" })).toBeVisible();
  await page.getByRole("button", { name: "Run now" }).click();
  await expect(page.getByText(/\d+ files in the repository: \d+ stored/)).toBeVisible({ timeout: 30_000 });
  const copy = path.join(folder, "copies", "syncs", "offsite-copy");
  const env = {
    ...process.env,
    BORG_BASE_DIR: path.join(folder, "base"),
    BORG_PASSPHRASE: repository.passphrase,
    BORG_RELOCATED_REPO_ACCESS_IS_OK: "yes",
  };
  execFileSync("borg", ["check", copy], { env });
});

test("killed in the middle of a copy, it lets go of the repository, says so after its start, and makes the copy whole", async () => {
  test.setTimeout(180_000);
  const s3 = await startS3Server();
  try {
    const location = path.join(folder, "borg to S3");
    const passphrase = "long enough to be one";
    const about = { name: "borg to S3", kind: "borg", location, passphrase, create: true };
    const { id: repositoryId } = await app.api.post<{ id: string }>("/repositories", about);
    const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3;
    const config = { endpoint, region, bucket, accessKeyId, secretAccessKey };
    const { id: destinationId } = await app.api.post<{ id: string }>("/destinations", {
      name: "s3",
      kind: "s3",
      config,
    });
    const sync = { name: "Far away", from: { repositoryId }, destinationId, deleteRemoved: true };
    const { id } = await app.api.post<{ id: string }>("/syncs", sync);
    s3.fault({ of: { method: "PUT", words: "far-away/config" }, answer: "silence", times: 1 });
    const { runId } = await app.api.post<{ runId: string }>(`/syncs/${id}/run`, {});
    await expect
      .poll(() => s3.requests.some((line) => line.includes("far-away/config")), { timeout: 30_000 })
      .toBe(true);
    await app.kill();
    const env = { ...process.env, BORG_BASE_DIR: path.join(folder, "base"), BORG_PASSPHRASE: passphrase };
    const borg = () =>
      execFileSync("borg", ["create", "--lock-wait", "30", `${location}::a`, "."], { env, cwd: import.meta.dirname });
    borg();
    await app.start();
    const statusOf = async (run: string) => (await app.api.get<{ status: string }>(`/runs/${run}`)).status;
    await expect.poll(() => statusOf(runId), { timeout: 30_000 }).toBe("failure");
    const titles = () => receiver.taken.map(({ text }) => (JSON.parse(text) as { title: string }).title);
    await expect.poll(titles, { timeout: 30_000 }).toContain("S3 Sync Failed: Far away");
    expect(s3.objects().some((name) => name.endsWith("far-away/config"))).toBe(false);
    const next = await app.api.post<{ runId: string }>(`/syncs/${id}/run`, {});
    await expect.poll(() => statusOf(next.runId), { timeout: 60_000 }).toBe("success");
    await expect.poll(titles, { timeout: 30_000 }).toContain("Recovered: Far away");
    expect(s3.objects().some((name) => name.endsWith("far-away/config"))).toBe(true);
  } finally {
    await s3.stop();
  }
});
