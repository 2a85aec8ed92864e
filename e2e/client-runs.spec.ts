import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { ADMIN, type App, startApp } from "./support/app";
import { type Running, runProgram, startProgram } from "./support/child";

let dataDir = "";
let agentDir = "";
let app: App;
let agent: Running | undefined;

test.beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), "belfry-client-runs-"));
  agentDir = mkdtempSync(path.join(tmpdir(), "belfry-agent-"));
  app = await startApp({ dataDir });
});
test.afterAll(async () => {
  await agent?.stop("SIGKILL");
  await app?.close();
  for (const folder of [dataDir, agentDir]) rmSync(folder, { recursive: true, force: true });
});

test("a job of a client is started by Run now, and the pages of the job, its run and the client show how it ended without a reload", async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const client = await app.api.post<{ id: string; installCommand: string }>("/clients", {
    name: "web-1",
    intervalSeconds: 5,
  });
  const settings = { cwd: agentDir, env: { ...process.env, BELFRY_AGENT_DIR: path.join(agentDir, "agent") } };
  expect(runProgram("sh", ["-c", client.installCommand], settings)).toContain("the first report has arrived");
  writeFileSync(path.join(agentDir, "agent/jobs.conf"), "www=echo copied 3 files\n");
  agent = startProgram("sh", ["agent/belfry-agent", "run"], settings);
  const known = async () => (await app.api.get<{ allowedJobs: string[] }>(`/clients/${client.id}`)).allowedJobs;
  await expect.poll(known, { timeout: 30_000 }).toEqual(["www"]);
  const page = await app.pageOf(browser, ADMIN, "/jobs/new");
  await page.getByLabel("Name", { exact: true }).fill("web files");
  await page.getByRole("radio", { name: /^On a client/ }).check();
  await page.getByRole("button", { name: "Save job" }).click();
  await expect(page.getByLabel("Client", { exact: true })).toHaveAccessibleDescription(/Choose the client/);
  await page.getByLabel("Client", { exact: true }).selectOption({ label: "web-1" });
  await expect(page.getByText("web-1 allows: www.")).toBeVisible();
  await page.getByLabel("Job on the client").fill("www");
  await page.getByRole("tab", { name: "Schedule" }).click();
  await page.getByRole("radio", { name: /^Manual only/ }).check();
  await page.getByRole("button", { name: "Save job" }).click();
  await expect(page).toHaveURL(/\/jobs\/job_/);
  const job = { id: page.url().split("/").pop()?.split("?")[0] ?? "" };
  const clientPage = await page.context().newPage();
  await clientPage.goto(`/clients/${client.id}`);
  await expect(clientPage.getByRole("link", { name: "web files" })).toBeVisible();
  await page.goto(`/jobs/${job.id}`);
  await expect(page.getByText("www on web-1. Manual")).toBeVisible();
  await page.getByRole("button", { name: "Run now" }).first().click();
  const runs = async () => (await app.api.get<{ items: { id: string }[] }>(`/runs?jobId=${job.id}`)).items;
  await expect.poll(async () => (await runs()).length).toBe(1);
  const runPage = await page.context().newPage();
  await runPage.goto(`/runs/${(await runs())[0]?.id}`);
  await expect(runPage.getByText("Success", { exact: true }).first()).toBeVisible({ timeout: 60_000 });
  await expect(runPage.getByText("copied 3 files")).toBeVisible();
  await expect(runPage.getByRole("link", { name: "web-1" })).toBeVisible();
  await expect(page.getByText("Success", { exact: true }).first()).toBeVisible();
  await expect(clientPage.getByText("Success", { exact: true }).first()).toBeVisible();
});
