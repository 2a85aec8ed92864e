import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { ADMIN, type App, startApp } from "./support/app";

let folder = "";
let ledger = "";
let app: App;

test.beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-hooks-"));
  ledger = path.join(folder, "ledger");
  const list = path.join(folder, "hooks.json");
  const hook = (body: string) => ({ run: ["/bin/bash", "-c", body] });
  const note = hook(`echo "$BELFRY_MOMENT $BELFRY_JOB" >> ${ledger}`);
  writeFileSync(list, JSON.stringify({ "stop-app": note, "start-app": note, "full-disk": hook("exit 75") }));
  chmodSync(list, 0o600);
  for (const name of ["data", "source", "disk"]) mkdirSync(path.join(folder, name));
  writeFileSync(path.join(folder, "source", "file.txt"), "content");
  app = await startApp({ dataDir: path.join(folder, "data"), env: { BELFRY_HOOKS_FILE: list } });
});
test.afterAll(async () => {
  await app?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("an administrator chooses hooks by name; they run around the backup, and one of them skips it", async ({
  browser,
}) => {
  const config = (name: string) => ({ path: path.join(folder, name) });
  const source = await app.api.post<{ id: string }>("/sources", {
    name: "folder",
    kind: "directory",
    config: config("source"),
  });
  const destination = await app.api.post<{ id: string }>("/destinations", {
    name: "disk",
    kind: "local",
    createFolder: true,
    config: config("disk"),
  });
  const job = await app.api.post<{ id: string }>("/jobs", {
    name: "shop",
    sourceId: source.id,
    destinationIds: [destination.id],
  });
  const page = await app.pageOf(browser, ADMIN, `/jobs/${job.id}`);
  await page.getByRole("tab", { name: "Advanced" }).click();
  const before = page.getByRole("group", { name: "Before the backup" });
  await before.getByRole("checkbox", { name: "stop-app" }).check();
  await page.getByRole("group", { name: "After every run" }).getByRole("checkbox", { name: "start-app" }).check();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("button", { name: "Save", exact: true })).toBeHidden();
  await page.getByRole("button", { name: "Run now" }).click();
  await expect
    .poll(async () => (await app.api.get<{ lastRun: unknown }>(`/jobs/${job.id}`)).lastRun)
    .toMatchObject({
      status: "success",
    });
  expect(readFileSync(ledger, "utf8")).toBe("before shop\nafter shop\n");
  await expect(page).toHaveURL(/\/runs\/run_/);

  await page.goto(`/jobs/${job.id}?tab=advanced`);
  await before.getByRole("checkbox", { name: "stop-app" }).uncheck();
  await before.getByRole("checkbox", { name: "full-disk" }).check();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("button", { name: "Save", exact: true })).toBeHidden();
  const run = await app.api.post<{ runId: string }>(`/jobs/${job.id}/run`, {});
  await page.goto(`/runs/${run.runId}`);
  await expect(page.getByText("The hook full-disk, which runs before the backup, skipped it").first()).toBeVisible();
  expect(await app.api.get(`/runs/${run.runId}`)).toMatchObject({ status: "canceled", reasonCode: "skipped" });
  await expect(page.getByText("Skipped", { exact: true }).first()).toBeVisible();
  await expect(page).toHaveTitle(/shop, skipped/);
  await page.goto("/runs");
  await expect(
    page.getByRole("row").filter({ hasText: "skipped it" }).getByText("Skipped", { exact: true }),
  ).toBeVisible();
  expect(readFileSync(ledger, "utf8")).toBe("before shop\nafter shop\nafter shop\n");
});
