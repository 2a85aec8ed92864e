import { expect, type Page, test } from "@playwright/test";
import type { List } from "./support/api";
import { type ApiApp, startApiApp } from "./support/api-app";
import { auditPage } from "./support/page-audit";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

test.describe.configure({ mode: "serial" });

const TOKEN = "Bearer a-token-that-nobody-may-see";
const AGAIN = /^Enter this again: “URL” was changed/;

interface Entry {
  verb: string;
  actorKind: string;
  actorName: string;
  address: string | null;
  entityId: string | null;
  detail: Record<string, unknown> | null;
}

let running: ApiApp;
let thief: WebhookServer;
let page: Page;
let channelId = "";

test.beforeAll(async ({ browser }) => {
  [running, thief] = await Promise.all([startApiApp(), startWebhookServer()]);
  page = await running.app.sharedPageOf(browser);
  const config = { url: running.hook.url, authHeader: TOKEN };
  channelId = (await running.api.post<{ id: string }>("/channels", { name: "Ops", provider: "webhook", config })).id;
});
test.afterAll(async () => {
  await running?.close();
  await thief?.close();
});

const entries = async (query: string) => (await running.api.get<List<Entry>>(`/audit?${query}`)).items;

test("fault E12: by the API a stored secret goes to no other host, by a Test or by saving", async () => {
  const config = { url: thief.url };
  for (const [method, path, body] of [
    ["POST", "/channels/test", { id: channelId, config }],
    ["PATCH", `/channels/${channelId}`, { config: { ...config, authHeader: { stored: true } } }],
  ] as const) {
    const refused = await running.api.call(method, path, body);
    expect([refused.status, refused.body.error.code]).toEqual([400, "invalid"]);
    expect(refused.body.error.fields).toEqual({ "config.authHeader": expect.stringMatching(AGAIN) });
  }
  expect(thief.requests).toEqual([]);
});

test("fault E12: the form asks for the secret again, beside its field", async () => {
  await page.goto(`/channels/${channelId}`);
  await page.getByRole("button", { name: "Replace URL" }).click();
  await page.locator('[name="config.url"]').fill(thief.url);
  await page.getByRole("button", { name: "Test", exact: true }).first().click();
  await expect(page.getByText(AGAIN)).toBeVisible();
  await auditPage(page, null, "channel-secret-again");
  expect(thief.requests).toEqual([]);
});

test("fault E14: Tests, downloads, logs and refusals are in the log, with caller and address", async () => {
  const made = async (where: string, body: object) => (await running.api.post<{ id: string }>(where, body)).id;
  const folder = running.folder;
  const sourceId = await made("/sources", { name: "files", kind: "directory", config: { path: `${folder}/files` } });
  const destinationIds = [
    await made("/destinations", {
      name: "disk",
      kind: "local",
      createFolder: true,
      config: { path: `${folder}/backups` },
    }),
  ];
  const job = { name: "Nightly", kind: "managed", sourceId, destinationIds, schedule: null };
  const jobId = await made("/jobs", { ...job, retention: { keepLast: 3 } });
  const { runId } = await running.operator.post<{ runId: string }>(`/jobs/${jobId}/run`);
  await expect.poll(async () => (await running.api.get<{ status: string }>(`/runs/${runId}`)).status).toBe("success");
  const artifact = (await running.api.get<List<{ id: string }>>("/artifacts")).items[0]?.id ?? "";
  const download = (key: string) =>
    fetch(`${running.app.url}/api/v1/artifacts/${artifact}/download`, { headers: { authorization: `Bearer ${key}` } });
  expect((await download(running.operator.key)).status).toBe(200);
  expect((await download(running.viewer.key)).status).toBe(403);
  await running.operator.get(`/runs/${runId}/log`);
  await running.operator.post(`/channels/${channelId}/test`);

  const from = { actorKind: "api_key", address: expect.stringMatching(/127\.0\.0\.1|::1/) };
  expect(await entries(`entity=artifact&entityId=${artifact}`)).toMatchObject([
    { ...from, verb: "artifacts.download", actorName: "end to end, viewer", detail: { refused: "forbidden" } },
    { ...from, verb: "artifacts.download", actorName: "end to end, operator", detail: { destination: "disk" } },
  ]);
  expect(await entries("group=downloads")).toContainEqual(
    expect.objectContaining({ verb: "runs.log", entityId: runId }),
  );
  // The draft that was refused above is there, with where it would have led.
  expect(await entries("group=tests&verb=channels.testDraft")).toContainEqual(
    expect.objectContaining({
      entityId: channelId,
      detail: { provider: "webhook", draft: true, url: new URL(thief.url).host },
    }),
  );
  // The key itself was made by the command, over its socket or on the database.
  expect(await entries("entity=api_key")).toContainEqual(
    expect.objectContaining({ verb: "apiKeys.create", actorKind: "command", address: "local" }),
  );
});

test("fault E14: the page of the log shows them, and filters them", async () => {
  await auditPage(page, "/settings/audit", "audit-log");
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByLabel("Action").selectOption({ label: "Downloads and logs" });
  await expect(page.getByText("Refused: Downloaded a backup of")).toBeVisible();
  await expect(page.getByText(/^API key · /).first()).toBeVisible();
  await expect(page.getByText("Created channel")).toHaveCount(0);
});
