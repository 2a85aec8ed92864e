import path from "node:path";
import { expect, test } from "@playwright/test";
import { apiOf, type List } from "./support/api";
import { type ApiApp, startApiApp } from "./support/api-app";
import { until } from "./support/child";

test.describe.configure({ mode: "serial" });

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const STORED = { stored: true };

interface Channel {
  id: string;
  name: string;
  config: Record<string, unknown>;
}

let running: ApiApp;
let folder: ApiApp["folder"];
let dataDir: ApiApp["dataDir"];
let api: ApiApp["api"];
let operator: ApiApp["operator"];
let viewer: ApiApp["viewer"];
let hook: ApiApp["hook"];

test.beforeAll(async () => {
  running = await startApiApp();
  ({ folder, dataDir, api, operator, viewer, hook } = running);
});
test.afterAll(() => running?.close());

test("channels: created, listed, changed, tested, refused while in use, deleted; secrets never come back", async () => {
  const config = { url: hook.url, authHeader: "Bearer one-two-three-four", headers: { "X-Tenant": "tenant-secret" } };
  const created = await api.call<Channel>("POST", "/channels", { name: "hook", provider: "webhook", config });
  expect(created.status).toBe(201);
  expect(created.body.config).toMatchObject({ url: STORED, authHeader: STORED, headers: { "X-Tenant": STORED } });
  expect(JSON.stringify(created.body)).not.toMatch(/one-two-three|tenant-secret/);
  const { id } = created.body;
  const listed = await api.get<List<Channel>>("/channels");
  expect(listed).toMatchObject({ items: [{ id, name: "hook" }], nextCursor: null });

  const renamed = await api.patch<Channel>(`/channels/${id}`, { config: { authHeader: STORED, method: "PUT" } });
  expect(renamed.config).toMatchObject({ method: "PUT", authHeader: STORED });
  expect(await api.post(`/channels/${id}/test`)).toMatchObject({ status: "sent", latencyMs: expect.any(Number) });
  expect(hook.taken.at(-1)).toMatchObject({ method: "PUT" });
  expect(hook.taken.at(-1)?.headers).toMatchObject({
    authorization: "Bearer one-two-three-four",
    "x-tenant": "tenant-secret",
  });
  await api.patch(`/channels/${id}`, { config: { method: "POST" } });

  const again = await api.call("POST", "/channels", { name: "hook", provider: "webhook", config });
  expect([again.status, again.body.error.code, Object.keys(again.body.error.fields ?? {})]).toEqual([
    409,
    "conflict",
    ["name"],
  ]);
  await api.patch("/settings/notifications", { globalChannels: [id] });
  const used = await api.call("DELETE", `/channels/${id}`);
  expect([used.status, used.body.error.code]).toEqual([409, "conflict"]);
  expect(used.body.error.message).toMatch(/global/i);
  await api.patch("/settings/notifications", { globalChannels: [] });
  const spare = await api.post<Channel>("/channels", { name: "spare", provider: "webhook", config });
  expect((await api.call("DELETE", `/channels/${spare.id}`)).status).toBe(200);
  expect((await api.call("GET", `/channels/${spare.id}`)).status).toBe(404);
});

test("a Test that fails answers 502 with the service's own status and words, saved or not", async () => {
  const [channel] = (await api.get<List<Channel>>("/channels")).items;
  hook.failWith(422, '{"problem":"no such room"}');
  const saved = await api.call("POST", `/channels/${channel?.id}/test`);
  expect(saved.status).toBe(502);
  expect(saved.body.error).toMatchObject({
    code: "delivery_failed",
    providerStatus: 422,
    providerBody: expect.stringContaining("no such room"),
  });
  const draft = await api.call("POST", "/channels/test", { provider: "webhook", config: { url: hook.url } });
  expect([draft.status, draft.body.error.code, draft.body.error.providerStatus]).toEqual([502, "delivery_failed", 422]);
  hook.recover();
  expect(await api.post("/channels/test", { provider: "webhook", config: { url: hook.url } })).toMatchObject({
    status: "sent",
  });
});

test("sources, destinations, jobs and runs as the table of the interface says", async () => {
  const config = { path: path.join(folder, "files") };
  const source = await api.call<{ id: string }>("POST", "/sources", { name: "files", kind: "directory", config });
  expect(source.status).toBe(201);
  expect((await api.call("POST", `/sources/${source.body.id}/test`)).status).toBe(200);
  const destination = await api.call<{ id: string }>("POST", "/destinations", {
    name: "disk",
    kind: "local",
    createFolder: true,
    config: { path: path.join(folder, "backups") },
  });
  expect(destination.status).toBe(201);
  expect((await api.call("POST", `/destinations/${destination.body.id}/test`)).status).toBe(200);

  const [channel] = (await api.get<List<Channel>>("/channels")).items;
  const body = {
    name: "files nightly",
    kind: "managed",
    sourceId: source.body.id,
    destinationIds: [destination.body.id],
    schedule: { cron: "0 2 * * *", timezone: "Europe/Berlin" },
    enabled: true,
    compression: "zstd",
    retention: { keepLast: 2 },
    notifications: [{ channelId: channel?.id, condition: "always", repeat: "every" }],
  };
  const job = await operator.call<{ id: string; notifications: object[] }>("POST", "/jobs", body);
  expect(job.status).toBe(201);
  expect(job.body.notifications).toMatchObject([{ condition: "always", notifyOnRecovery: true, logLimit: 10_000 }]);
  const twice = await operator.call("POST", "/jobs", {
    ...body,
    name: "twice",
    notifications: [...body.notifications, { channelId: channel?.id, condition: "failure", repeat: "every" }],
  });
  expect([twice.status, twice.body.error.code]).toEqual([409, "conflict"]);
  const unknownName = await operator.call("POST", "/jobs", {
    ...body,
    name: "typo",
    notifications: [{ ...body.notifications[0], title: "{{job.nmae}}" }],
  });
  expect(unknownName.status).toBe(400);
  expect(Object.keys(unknownName.body.error.fields ?? {})).toEqual(["notifications[0].title"]);
  expect((await api.call("DELETE", `/sources/${source.body.id}`)).status).toBe(409);

  const started = await operator.call<{ runId: string }>("POST", `/jobs/${job.body.id}/run`);
  expect(started.status).toBe(202);
  const { runId } = started.body;
  interface Run {
    status: string;
    startedAt: string;
    finishedAt: string;
    bytes: number;
    artifacts: { id: string }[];
  }
  let run: Run | undefined;
  await until("the run is over", async () => {
    run = await viewer.get<Run>(`/runs/${runId}`);
    return !["queued", "running"].includes(run.status);
  });
  expect(run).toMatchObject({
    id: runId,
    jobId: job.body.id,
    kind: "backup",
    status: "success",
    error: null,
    startedAt: expect.stringMatching(ISO),
    finishedAt: expect.stringMatching(ISO),
  });
  expect(run?.artifacts).toHaveLength(1);
  const list = await api.get<List<{ id: string }>>(`/runs?jobId=${job.body.id}`);
  expect(list.items.map(({ id }) => id)).toEqual([runId]);
  expect((await operator.call("GET", `/runs/${runId}/log`)).status).toBe(200);
  expect((await viewer.call("GET", `/runs/${runId}/log`)).status).toBe(403);
  const target = path.join(dataDir, "restores", "files");
  const restored = await operator.call<{ runId: string }>("POST", `/artifacts/${run?.artifacts[0]?.id}/restore`, {
    target: { path: target },
  });
  expect(restored.status).toBe(202);
  expect((await api.call("POST", `/runs/${runId}/cancel`)).status).toBe(409);
});

test("settings/notifications changes only what it names; an event's Test answers channel by channel", async () => {
  const [channel] = (await api.get<List<Channel>>("/channels")).items;
  interface Tab {
    globalChannels: string[];
    events: Record<string, Record<string, unknown>>;
  }
  const before = await api.get<Tab>("/settings/notifications");
  const after = await api.patch<Tab>("/settings/notifications", {
    globalChannels: [channel?.id],
    events: { "user.locked": { repeat: "remind", remindHours: 4 } },
  });
  expect(after.events).toEqual({
    ...before.events,
    "user.locked": { ...before.events["user.locked"], repeat: "remind", remindHours: 4 },
  });
  expect(Object.keys(after.events["user.login"] ?? {}).sort()).toEqual(
    ["channels", "enabled", "escalationPolicyId", "notifyUser", "remindHours", "repeat", "notifyOnRecovery"].sort(),
  );
  const sent = await operator.post("/settings/notifications/events/system.error/test");
  expect(sent).toEqual({ results: [expect.objectContaining({ channelId: channel?.id, status: "sent" })] });
  hook.failWith(500, "out of rope");
  // What a webhook answers may repeat whom its template names.
  for (const [as, error] of [
    [api, expect.stringContaining("out of rope")],
    [operator, "Shown to administrators."],
  ] as const) {
    const failed = await as.call<{ results: object[] }>("POST", "/settings/notifications/events/user.login/test");
    expect(failed.status).toBe(200);
    expect(failed.body.results).toEqual([expect.objectContaining({ channelId: channel?.id, status: "dead", error })]);
  }
  hook.recover();
  const missing = await api.call("POST", "/settings/notifications/events/no.such/test");
  expect([missing.status, missing.body.error.code]).toEqual([404, "not_found"]);
});

test("users by the API; a revoked key is refused within a second", async () => {
  const created = await api.call<{ id: string; role: string }>("POST", "/users", {
    name: "Mira Novak",
    email: "mira@mail.test",
    role: "viewer",
    password: "a few words of Mira",
  });
  expect([created.status, created.body.role]).toEqual([201, "viewer"]);
  expect(JSON.stringify(created.body)).not.toContain("a few words");
  const made = await api.call<{ id: string; key: string }>("POST", "/api-keys", {
    name: "short-lived",
    role: "viewer",
  });
  expect(made.status).toBe(201);
  expect(made.body.key).toMatch(/^bfy_/);
  const short = apiOf(running.app.url, made.body.key);
  expect((await short.call("GET", "/jobs")).status).toBe(200);
  await api.delete(`/api-keys/${made.body.id}`);
  await until("it is refused", async () => (await short.call("GET", "/jobs")).status === 401, { timeoutMs: 1_000 });
});
