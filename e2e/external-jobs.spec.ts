import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { createTransport } from "nodemailer";
import { ADMIN, type App, startApp } from "./support/app";
import { runProgram } from "./support/child";
import { freePort } from "./support/free-port";

let dataDir = "";
let smtpPort = 0;
let app: App;

test.beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), "belfry-external-"));
  smtpPort = await freePort();
  const env = { BELFRY_SMTP_PORT: String(smtpPort), BELFRY_SMTP_HOST: "127.0.0.1" };
  app = await startApp({ dataDir, env });
});
test.afterAll(async () => {
  await app?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

test("an external job is created, a snippet copied from its page runs in a shell, and its state changes without a reload", async ({
  browser,
}) => {
  const page = await app.pageOf(browser, ADMIN, "/jobs/new");
  await page.getByRole("link", { name: "another program runs and reports" }).click();
  await page.getByLabel("Name", { exact: true }).fill("nas");
  await expect(page.getByRole("radio", { name: /^Elsewhere/ })).toBeChecked();
  await page.getByRole("tab", { name: "Schedule" }).click();
  await page.getByLabel("Reports at least every").fill("0");
  await page.getByRole("button", { name: "Save job" }).click();
  await expect(page.getByLabel("Reports at least every")).toHaveAccessibleDescription(/Enter a number/);
  await page.getByLabel("Reports at least every").fill("2");
  await page.getByLabel("Unit").selectOption("hours");
  await page.getByRole("button", { name: "Save job" }).click();
  await expect(page).toHaveURL(/\/jobs\/job_/);
  await expect(page.getByText("External job. Expected: every 2 h")).toBeVisible();
  await expect(page.getByText("Nothing was reported yet")).toBeVisible();
  const lines = await page.getByRole("region", { name: "the lines for Shell script (curl)" }).innerText();
  expect(lines).toContain("/ping/");
  const failing = lines.replace("your-backup-command", "sh -c 'echo Repository is locked; exit 2'");
  runProgram("sh", ["-c", failing], { cwd: dataDir, env: process.env });
  await expect(page.getByText("Failing", { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole("link", { name: "Failure", exact: true })).toBeVisible();
  const { items } = await app.api.get<{ items: { id: string; error: string }[] }>("/runs");
  expect(items).toMatchObject([{ status: "failure", error: "Repository is locked" }]);
  await page.getByRole("link", { name: "Failure", exact: true }).click();
  await expect(page).toHaveURL(/\/runs\/run_/);
  await expect(page.getByText("Repository is locked").first()).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { name: "nas" })).toBeVisible();
  const working = lines.replace("your-backup-command", "echo 3 files");
  runProgram("sh", ["-c", working], { cwd: dataDir, env: process.env });
  await expect(page.getByText("Healthy", { exact: true })).toBeVisible({ timeout: 20_000 });
});

test("a webhook of any JSON is mapped, with a live reading of an example, and then read so", async ({ browser }) => {
  const job = await app.api.post<{ id: string; token: string }>("/jobs", { kind: "external", name: "appliance" });
  const page = await app.pageOf(browser, ADMIN, `/jobs/${job.id}?tab=advanced`);
  await page.getByRole("radio", { name: /^Own names/ }).check();
  const reading = page.getByRole("region", { name: "What the example is read as" });
  await expect(reading).toContainText("Failure");
  await page.getByLabel("An example of its JSON").fill('{"job": {"outcome": "kaputt"}, "why": "tape is full"}');
  await page.getByRole("textbox", { name: "State", exact: true }).fill("job.outcome");
  await page.getByRole("textbox", { name: "Message" }).fill("why");
  await expect(reading).toContainText("Nothing: the text is added to the log");
  await page.getByLabel("Other words for a state").fill("kaputt = broken");
  await expect(page.getByLabel("Other words for a state")).toHaveAccessibleDescription(/is not a value = state/);
  await page.getByLabel("Other words for a state").fill("kaputt = failure");
  await expect(reading).toContainText("Failure");
  await expect(reading).toContainText("tape is full");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  const body = JSON.stringify({ job: { outcome: "KAPUTT" }, why: "no tape" });
  expect((await fetch(`${app.url}/in/${job.token}/webhook`, { method: "POST", body })).status).toBe(200);
  await expect(page.getByText("Failing", { exact: true })).toBeVisible({ timeout: 20_000 });
});

test("the words and the time of an external job are changed, and new addresses make the old ones unknown", async ({
  browser,
}) => {
  const job = await app.api.post<{ id: string; uuid: string }>("/jobs", { kind: "external", name: "tape" });
  const page = await app.pageOf(browser, ADMIN, `/jobs/${job.id}?tab=advanced`);
  const loads: string[] = [];
  page.on("request", (request) => request.isNavigationRequest() && loads.push(request.url()));
  await page.getByLabel("Words of a failure").fill("FATAL\nread error");
  await page.getByRole("tab", { name: "Schedule" }).click();
  await page.getByRole("radio", { name: /^By a systemd timer/ }).check();
  await page.getByRole("textbox", { name: "OnCalendar" }).fill("Someday 25:00");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("textbox", { name: "OnCalendar" })).toHaveAccessibleDescription(
    /is not a calendar expression/,
  );
  await page.getByRole("textbox", { name: "OnCalendar" }).fill("Mon..Fri 02:00");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText(/External job\. Expected: Mon\.\.Fri 02:00/)).toBeVisible();
  expect(await app.api.get(`/jobs/${job.id}`)).toMatchObject({
    keywords: { failure: ["FATAL", "read error"] },
    schedule: { onCalendar: "Mon..Fri 02:00" },
  });
  // The page refreshed itself, with what was entered next kept: it was not loaded anew.
  expect(loads).toEqual([]);
  await page.getByRole("tab", { name: "Reporting" }).click();
  await page.getByRole("button", { name: "New addresses" }).click();
  await page.getByRole("button", { name: "Make new addresses" }).click();
  await expect(page.getByText("The job has new addresses")).toBeVisible();
  const { uuid } = await app.api.get<{ uuid: string }>(`/jobs/${job.id}`);
  expect(uuid).not.toBe(job.uuid);
  expect((await fetch(`${app.url}/ping/${job.uuid}`)).status).toBe(404);
  expect((await fetch(`${app.url}/ping/${uuid}`)).status).toBe(200);
});

test("a job is reported by mail to the address on its page, also when Belfry is killed right after its answer", async ({
  browser,
}) => {
  const job = await app.api.post<{ id: string; uuid: string }>("/jobs", { kind: "external", name: "synology" });
  const page = await app.pageOf(browser, ADMIN, "/settings/general");
  await expect(page.getByRole("heading", { name: "Mail to external jobs" })).toBeVisible();
  await expect(page.getByText("Not listening")).toBeHidden();
  await expect(page.getByRole("definition").filter({ hasText: String(smtpPort) })).toBeVisible();
  await page.goto(`/jobs/${job.id}?tab=reporting`);
  const mail = page.getByRole("region", { name: /^the lines for Mail of a NAS/ });
  // Only a page that runs in the browser by now shows another snippet.
  await expect(async () => {
    await page.getByLabel("Which program makes the backup?").selectOption("mail-nas");
    await expect(mail).toBeVisible({ timeout: 1_000 });
  }).toPass();
  const lines = await mail.innerText();
  const to = /Recipient: (\S+)/.exec(lines)?.[1] ?? "";
  expect(to).toContain(`${job.uuid}@`);
  expect(lines).toContain(`Port: ${smtpPort}`);
  const transport = createTransport({ host: "127.0.0.1", port: smtpPort, ignoreTLS: true });
  await transport.sendMail({ from: "nas@nas.example", to, subject: "[nas] Backup failed", text: "Disk is full" });
  transport.close();
  await app.kill();
  await app.start();
  await page.reload();
  await expect(page.getByText("Failing", { exact: true })).toBeVisible({ timeout: 20_000 });
  const { items } = await app.api.get<{ items: { error: string }[] }>(`/runs?jobId=${job.id}`);
  expect(items).toMatchObject([{ status: "failure", error: "[nas] Backup failed: Disk is full" }]);
});

test("a monitor is chosen for heartbeats of Belfry itself, tried, and shown with the last one", async ({ browser }) => {
  // The monitor is Belfry's own, as it speaks like Healthchecks.
  const job = await app.api.post<{ id: string; uuid: string }>("/jobs", { kind: "external", name: "watcher" });
  const config = { pingUrl: `${app.url}/ping/${job.uuid}` };
  await app.api.post("/channels", { name: "elsewhere", provider: "healthchecks", config });
  const page = await app.pageOf(browser, ADMIN, "/settings/general");
  const test = page.getByRole("button", { name: "Send one now" });
  await expect(async () => {
    await page.getByLabel("Monitor").selectOption({ label: "elsewhere (Healthchecks)" });
    await expect(test).toBeEnabled({ timeout: 1_000 });
  }).toPass();
  await test.click();
  await expect(page.getByText(/^Works/)).toBeVisible();
  await page.getByLabel("Every (minutes)").fill("0");
  await page.getByRole("button", { name: "Save heartbeat" }).click();
  await expect(page.getByLabel("Every (minutes)")).toHaveAccessibleDescription(/At most one heartbeat a minute/);
  await page.getByLabel("Every (minutes)").fill("10");
  await page.getByRole("button", { name: "Save heartbeat" }).click();
  await expect(page.getByText(/^Last heartbeat: /)).toBeVisible({ timeout: 20_000 });
  await expect.poll(async () => (await app.api.get<{ health: string }>(`/jobs/${job.id}`)).health).toBe("healthy");
});
