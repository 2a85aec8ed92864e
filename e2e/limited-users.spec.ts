import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { ADMIN, type App, startApp } from "./support/app";
import { auditPage } from "./support/page-audit";

const WEB = { email: "web@mail.test", password: "a few words of the web" };
const MAIL = { email: "mail@mail.test", password: "a few words of the mail" };

let dataDir = "";
let app: App;
const ids: Record<string, { clientId: string; jobId: string; token: string }> = {};

test.beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), "belfry-limited-"));
  app = await startApp({ dataDir });
  for (const name of ["web-1", "mail-1"]) {
    const { id: clientId, token } = await app.api.post<{ id: string; token: string }>("/clients", {
      name,
      offlineAfterMinutes: 0,
    });
    const { id: jobId } = await app.api.post<{ id: string }>("/jobs", {
      name: `home of ${name}`,
      clientId,
      clientJob: "home",
    });
    ids[name] = { clientId, jobId, token };
    await beat(token);
  }
});
test.afterAll(async () => {
  await app?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** One heartbeat of a client. @returns the runs that it is asked for */
async function beat(token: string): Promise<{ work: { runId: string; job: string }[] }> {
  const response = await fetch(`${app.url}/api/v1/agent/heartbeat`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ intervalSeconds: 60, hostname: "host", version: "1", disks: [] }),
  });
  return (await response.json()) as { work: { runId: string; job: string }[] };
}

async function fail(name: string): Promise<void> {
  const { token, jobId } = ids[name] as { token: string; jobId: string };
  await app.api.post(`/jobs/${jobId}/run`);
  const { work } = await beat(token);
  for (const { runId } of work) {
    await fetch(`${app.url}/api/v1/agent/runs/${runId}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ status: "failure", error: `${name} has no space left` }),
    });
  }
}

test("users who are limited to different clients see those alone, on every page and in the bell, as it happens", async ({
  browser,
}) => {
  test.setTimeout(180_000);
  const admin = await app.pageOf(browser, ADMIN, "/users/new");
  await admin.getByLabel("Name", { exact: true }).fill("Web team");
  await admin.getByLabel("Mail address").fill(WEB.email);
  await admin.getByRole("radio", { name: /^Some clients only/ }).check();
  await admin.getByRole("checkbox", { name: "web-1" }).check();
  await admin.getByRole("radio", { name: /^Set password now/ }).check();
  await admin.getByLabel("Initial password").fill(WEB.password);
  await auditPage(admin, null, "users-new-limited");
  await admin.getByRole("button", { name: "Create user" }).click();
  await expect(admin.getByText("Web team can sign in now.")).toBeVisible();
  await app.api.post("/users", { name: "Mail team", role: "viewer", clientIds: [ids["mail-1"]?.clientId], ...MAIL });

  const web = await app.pageOf(browser, WEB);
  const mail = await app.pageOf(browser, MAIL);
  for (const [page, own, other] of [
    [web, "web-1", "mail-1"],
    [mail, "mail-1", "web-1"],
  ] as const) {
    await page.goto("/clients");
    await expect(page.getByRole("link", { name: own })).toBeVisible();
    await expect(page.getByText(other)).toHaveCount(0);
    await page.goto("/jobs");
    await expect(page.getByRole("link", { name: `home of ${own}` })).toBeVisible();
    await expect(page.getByText(other)).toHaveCount(0);
    await expect(page.getByRole("link", { name: "New job" })).toHaveCount(0);
    for (const label of ["Sources", "Destinations", "Channels", "Users", "Settings"])
      await expect(page.getByRole("navigation", { name: "Sections" }).getByText(label)).toHaveCount(0);
    const { clientId, jobId } = ids[other] as { clientId: string; jobId: string };
    for (const path of [`/clients/${clientId}`, `/jobs/${jobId}`, "/destinations", "/users", "/channels"])
      expect((await page.goto(path))?.status()).toBe(404);
    await page.goto("/");
    await expect(page.getByText(`home of ${own}`)).toBeVisible();
  }

  await fail("web-1");
  await expect(web.getByRole("heading", { level: 1, name: "1 open alert" })).toBeVisible({ timeout: 30_000 });
  await expect(web.getByRole("button", { name: "Notifications, 1 unread" })).toBeVisible();
  await web.goto("/notifications");
  await expect(web.getByText(/Backup Failed/).first()).toBeVisible();
  await mail.reload();
  await expect(mail.getByText("Backup Failed")).toHaveCount(0);
  await mail.goto("/notifications");
  await expect(mail.getByText("Backup Failed")).toHaveCount(0);
  await web.goto(`/jobs/${ids["web-1"]?.jobId}`);
  await expect(web.getByRole("button", { name: "Run now" })).toBeVisible();
  await web.goto("/runs");
  await web
    .getByRole("link", { name: /home of web-1/ })
    .first()
    .click();
  await expect(web.getByText("web-1 has no space left").first()).toBeVisible();

  const { items } = await app.api.get<{ items: { id: string; email: string }[] }>("/users");
  await admin.goto(`/users/${items.find(({ email }) => email === WEB.email)?.id}`);
  await admin.getByRole("checkbox", { name: "mail-1" }).check();
  await admin.getByRole("checkbox", { name: "web-1" }).uncheck();
  await admin.getByRole("button", { name: "Save" }).click();
  await expect(admin.getByText("Saved")).toBeVisible();
  await web.goto("/jobs");
  await expect(web.getByRole("link", { name: "home of mail-1" })).toBeVisible();
  await expect(web.getByText("web-1")).toHaveCount(0);
});
