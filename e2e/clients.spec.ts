import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { ADMIN, type App, startApp } from "./support/app";
import { type Running, runProgram, startProgram } from "./support/child";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

const VI = { email: "vi@mail.test", password: "a few words of a viewer" };

let dataDir = "";
let agentDir = "";
let app: App;
let hook: WebhookServer;
const running: Running[] = [];

test.beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), "belfry-clients-"));
  agentDir = mkdtempSync(path.join(tmpdir(), "belfry-agent-"));
  app = await startApp({ dataDir });
  hook = await startWebhookServer();
  const { id } = await app.api.post<{ id: string }>("/channels", {
    name: "Ops",
    provider: "webhook",
    config: { url: hook.url },
  });
  await app.api.patch("/settings/notifications", { globalChannels: [id] });
  await app.api.post("/users", { name: "Vi", role: "viewer", ...VI });
});
test.afterAll(async () => {
  for (const one of running) await one.stop("SIGKILL");
  await app?.close();
  await hook?.close();
  for (const folder of [dataDir, agentDir]) rmSync(folder, { recursive: true, force: true });
});

const titles = () => hook.requests.map(({ text }) => (JSON.parse(text) as { title: string }).title);
const settings = () => ({ cwd: agentDir, env: { ...process.env, BELFRY_AGENT_DIR: path.join(agentDir, "agent") } });

test("a client is registered by copying its line, comes online and goes offline without a reload", async ({
  browser,
}) => {
  test.setTimeout(180_000);
  const page = await app.pageOf(browser, ADMIN, "/clients");
  await expect(page.getByText("No clients yet")).toBeVisible();
  await page.getByRole("link", { name: "Add the first client" }).click();
  // A hurried person forgets the name, and clicks twice.
  await page.getByRole("button", { name: "Create client" }).click();
  await expect(page.getByText("Enter a name.")).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill('web "1" é');
  await page.getByLabel("Notify after minutes of silence").fill("0");
  await page.getByRole("button", { name: "Create client" }).dblclick();
  const line = await page.getByRole("region", { name: "install line" }).innerText();
  expect(line).toContain("| sh belfry-agent.sh install");
  await expect(page.getByText("Waiting for the first contact. This page shows it by itself.")).toBeVisible();
  const { items } = await app.api.get<{ items: { id: string }[] }>("/clients");
  expect(items).toHaveLength(1);
  const id = items[0]?.id ?? "";
  // Three of these have to be missed, and nobody wants to wait for three minutes.
  await app.api.patch(`/clients/${id}`, { intervalSeconds: 5 });
  expect(runProgram("sh", ["-c", line], settings())).toContain("the first report has arrived");
  await expect(page.getByText("The client has reported: it is online.")).toBeVisible();
  const agent = startProgram("sh", ["agent/belfry-agent", "run"], settings());
  running.push(agent);
  await page.getByRole("link", { name: "Open the client" }).click();
  await expect(page.getByRole("heading", { level: 1, name: 'web "1" é' })).toBeVisible();
  await expect(page.getByText("Online", { exact: true })).toBeVisible();
  await expect(page.getByText("5 s", { exact: true })).toBeVisible({ timeout: 30_000 });
  await agent.stop("SIGKILL");
  await expect(page.getByText("Offline", { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("still open")).toBeVisible({ timeout: 60_000 });
  await expect.poll(titles, { timeout: 60_000 }).toEqual(['Client Offline: web "1" é']);
  running.push(startProgram("sh", ["agent/belfry-agent", "run"], settings()));
  await expect(page.getByText("Online", { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect.poll(titles, { timeout: 60_000 }).toEqual(['Client Offline: web "1" é', 'Recovered: web "1" é']);
  await page.goto("/notifications?category=Clients");
  await expect(page.getByRole("link", { name: /Client Offline/ })).toBeVisible();
});

test("a token is revoked and replaced, and a client removed, each after it was confirmed", async ({ browser }) => {
  const { id } = await app.api.post<{ id: string }>("/clients", { name: "db-1" });
  const page = await app.pageOf(browser, ADMIN, `/clients/${id}`);
  await page.getByRole("button", { name: "Revoke…" }).click();
  await page.getByRole("button", { name: "Revoke token" }).click();
  await expect(page.getByRole("main").getByText("Token revoked")).toBeVisible();
  await page.getByRole("button", { name: "New token…" }).click();
  await page.getByRole("button", { name: "Make a new token" }).click();
  await expect(page.getByRole("region", { name: "install line" })).toContainText("bfc_");
  await expect(page.getByText("Token revoked")).toHaveCount(0);
  await page.getByLabel("Muted").check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("never, it is muted")).toBeVisible();
  await page.getByRole("button", { name: "Remove…" }).click();
  await page.getByRole("button", { name: "Remove client" }).click();
  await expect(page).toHaveURL(/\/clients$/);
  await expect(page.getByRole("link", { name: "db-1" })).toHaveCount(0);
});

test("a viewer sees clients, without host names, paths and what changes them", async ({ browser }) => {
  const page = await app.pageOf(browser, VI, "/clients");
  await page.getByRole("link", { name: 'web "1" é' }).click();
  await expect(page.getByText("Reports every")).toBeVisible();
  await expect(page.getByText("Host name")).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Settings" })).toHaveCount(0);
  await page.goto("/clients/new");
  await expect(page.getByText("Only administrators can add clients.")).toBeVisible();
});
