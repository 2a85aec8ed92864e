import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type Api, apiOf, type ErrorBody, type List } from "./support/api";
import { ADMIN, type App, createKey, startApp } from "./support/app";
import { until } from "./support/child";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

test.describe.configure({ mode: "serial" });

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const STORED = { stored: true };

let folder = "";
let dataDir = "";
let app: App;
let api: Api;
let operator: Api;
let viewer: Api;
let hook: WebhookServer;

interface Channel {
  id: string;
  name: string;
  config: Record<string, unknown>;
}
interface Told {
  events: { id: string; duplicate: boolean; deliveries: number }[];
}
interface Alert {
  id: string;
  type: string;
  status: string;
  count: number;
  title: string;
}
interface Delivery {
  id: string;
  status: string;
  title: string;
  attempts: { status: number | null; answer: string | null }[];
  payload: { headers: Record<string, string>; body: string };
}

test.beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-api-"));
  dataDir = path.join(folder, "data");
  for (const name of ["files", "backups"]) mkdirSync(path.join(folder, name));
  writeFileSync(path.join(folder, "files", "bell.txt"), "Große Glocke");
  hook = await startWebhookServer();
  app = await startApp({ dataDir });
  api = app.api;
  operator = apiOf(app.url, await createKey(dataDir, "operator"));
  viewer = apiOf(app.url, await createKey(dataDir, "viewer"));
});
test.afterAll(async () => {
  await app?.close();
  await hook?.close();
  rmSync(folder, { recursive: true, force: true });
});

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
  expect(job.body.notifications).toMatchObject([{ condition: "always", tellRecovery: true, logLimit: 10_000 }]);
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
    ["channels", "enabled", "notifyUser", "remindHours", "repeat", "tellRecovery"].sort(),
  );
  const sent = await operator.post("/settings/notifications/events/system.error/test");
  expect(sent).toEqual({ results: [expect.objectContaining({ channelId: channel?.id, status: "sent" })] });
  hook.failWith(500, "out of rope");
  const failed = await operator.call<{ results: object[] }>("POST", "/settings/notifications/events/user.login/test");
  expect(failed.status).toBe(200);
  expect(failed.body.results).toEqual([
    expect.objectContaining({ channelId: channel?.id, status: "dead", error: expect.stringContaining("out of rope") }),
  ]);
  hook.recover();
  const missing = await api.call("POST", "/settings/notifications/events/no.such/test");
  expect([missing.status, missing.body.error.code]).toEqual([404, "not_found"]);
});

const bodyOf = (title: string, more: object = {}) => ({ title, message: `${title} in full`, ...more });

test("notify: one, an array, whole or not at all, idempotent, by channel name", async () => {
  const had = hook.taken.length;
  const one = await operator.call<Told>(
    "POST",
    "/notify",
    bodyOf("first", { idempotencyKey: "key-1", channels: ["hook"] }),
  );
  expect(one.status).toBe(202);
  expect(one.body.events).toEqual([{ id: expect.any(String), duplicate: false, deliveries: 1 }]);
  const repeat = await operator.call<Told>(
    "POST",
    "/notify",
    bodyOf("first", { idempotencyKey: "key-1", channels: ["hook"] }),
  );
  expect(repeat.body.events).toEqual([{ id: one.body.events[0]?.id, duplicate: true, deliveries: 1 }]);
  // Keys belong to the API key.
  const other = await api.post<Told>("/notify", bodyOf("first", { idempotencyKey: "key-1", channels: ["hook"] }));
  expect(other.events[0]?.duplicate).toBe(false);

  const many = await operator.post<Told>("/notify", [bodyOf("second"), bodyOf("third", { tone: "failure" })]);
  expect(many.events).toHaveLength(2);
  const refused = await operator.call("POST", "/notify", [
    bodyOf("fourth"),
    { message: "no title" },
    bodyOf("x", { tone: "pink" }),
  ]);
  expect([refused.status, refused.body.error.code]).toEqual([400, "invalid"]);
  expect(Object.keys(refused.body.error.fields ?? {}).sort()).toEqual(["[1].title", "[2].tone"]);
  const unknown = await operator.call("POST", "/notify", bodyOf("fifth", { channels: ["nobody"] }));
  expect(unknown.body.error.fields).toEqual({ "channels[0]": expect.stringContaining("nobody") });
  const long = await operator.call("POST", "/notify", bodyOf("sixth", { idempotencyKey: "k".repeat(256) }));
  expect(Object.keys(long.body.error.fields ?? {})).toEqual(["idempotencyKey"]);
  const tooMany = await operator.call(
    "POST",
    "/notify",
    Array.from({ length: 1_001 }, () => bodyOf("x")),
  );
  expect(tooMany.status).toBe(400);

  await until("four have arrived", () => hook.taken.length >= had + 4);
  const arrived = hook.taken
    .slice(had)
    .map(({ text }) => JSON.parse(text) as { title: string; tone: string; severity: string });
  expect(arrived.map(({ title }) => title).sort()).toEqual(["first", "first", "second", "third"]);
  expect(arrived.find(({ title }) => title === "third")).toMatchObject({ tone: "failure", severity: "critical" });
  expect(arrived.find(({ title }) => title === "second")).toMatchObject({ tone: "info", severity: "info" });
});

test("rule 01, notify with a dedupKey: firing opens and counts up, resolved ends it, the next one fires again", async () => {
  const had = hook.taken.length;
  const fire = () => operator.post<Told>("/notify", bodyOf("clapper loose", { tone: "failure", dedupKey: "clapper" }));
  const open = async () =>
    (await api.get<List<Alert>>("/alerts?status=open")).items.filter(({ title }) => title.includes("clapper loose"));
  await fire();
  await fire();
  expect(await open()).toMatchObject([{ status: "firing", count: 2 }]);
  await operator.post("/notify", bodyOf("clapper fixed", { tone: "success", dedupKey: "clapper", status: "resolved" }));
  expect(await open()).toEqual([]);
  const nothing = await operator.post<Told>(
    "/notify",
    bodyOf("again fixed", { dedupKey: "clapper", status: "resolved" }),
  );
  expect(nothing.events[0]).toMatchObject({ deliveries: 0 });
  await fire();
  expect(await open()).toMatchObject([{ status: "firing", count: 1 }]);
  await until("all are told", async () => {
    const { backlog } = (await (await fetch(`${app.url}/api/health`)).json()) as { backlog: { pending: number } };
    return backlog.pending === 0 && hook.taken.length >= had + 3;
  });
  const titles = hook.taken.slice(had).map(({ text }) => (JSON.parse(text) as { title: string }).title);
  expect(titles.filter((title) => title === "clapper loose").length).toBeGreaterThanOrEqual(2);
  expect(titles.filter((title) => /fixed|Recovered/.test(title))).toHaveLength(1);
  expect(titles.indexOf("clapper loose")).toBe(0);
  expect(titles.at(-1)).toBe("clapper loose");
  const [alert] = await open();
  const resolved = await operator.post<Alert>(`/alerts/${alert?.id}/resolve`);
  expect(resolved.status).toBe("resolved");
});

test("pain 12, 14: events, alerts and deliveries can be read with attempts, payload and answers; resend and cancel", async () => {
  const { events } = await operator.post<Told>(
    "/notify",
    bodyOf("evensong", { fields: [{ label: "Bell", value: "great" }] }),
  );
  const eventId = events[0]?.id;
  let delivery: { id: string; status: string } | undefined;
  await until("it is sent", async () => {
    [delivery] = (await api.get<List<{ id: string; status: string }>>(`/deliveries?eventId=${eventId}`)).items;
    return delivery?.status === "sent";
  });
  const whole = await api.get<Delivery>(`/deliveries/${delivery?.id}`);
  expect(whole.attempts).toMatchObject([{ status: 200, answer: "taken" }]);
  expect(JSON.parse(whole.payload.body)).toMatchObject({
    title: "evensong",
    fields: [{ label: "Bell", value: "great" }],
  });
  // Secrets are redacted by their value.
  expect(JSON.stringify(whole)).not.toMatch(/one-two-three|tenant-secret/);
  expect((await viewer.get<Delivery>(`/deliveries/${delivery?.id}`)).payload).toBeNull();
  const had = hook.taken.length;
  expect(await operator.post(`/deliveries/${delivery?.id}/resend`)).toMatchObject({ id: delivery?.id });
  await until("it came once more", () => hook.taken.length === had + 1);
  expect(hook.taken.at(-1)?.headers["idempotency-key"]).toBe(delivery?.id);
  expect((await operator.call("POST", `/deliveries/${delivery?.id}/cancel`)).status).toBe(409);

  hook.failWith(503);
  const waiting = await operator.post<Told>("/notify", bodyOf("never mind"));
  const ofIt = () => api.get<List<{ id: string; status: string }>>(`/deliveries?eventId=${waiting.events[0]?.id}`);
  await until("it waits", async () => (await ofIt()).items[0]?.status === "pending");
  const [pending] = (await ofIt()).items;
  await operator.post(`/deliveries/${pending?.id}/cancel`);
  expect((await ofIt()).items[0]?.status).toBe("canceled");
  hook.recover();
  expect((await api.get<List<object>>("/events?type=custom.notification&limit=5")).items).toHaveLength(5);
});

test("paging: each page begins where the last ended, to the end", async () => {
  const all = (await api.get<List<{ id: string }>>("/events?limit=200")).items.map(({ id }) => id);
  const paged: string[] = [];
  let cursor: string | null = null;
  do {
    const next: List<{ id: string }> = await api.get(`/events?limit=3${cursor ? `&cursor=${cursor}` : ""}`);
    paged.push(...next.items.map(({ id }) => id));
    cursor = next.nextCursor;
  } while (cursor);
  expect(paged).toEqual(all);
  const broken = await api.call("GET", "/events?cursor=not%20a%20cursor");
  expect([broken.status, broken.body.error.code]).toEqual([400, "invalid"]);
});

/** A raw request: whatever method, headers and body. */
async function raw(pathname: string, init: RequestInit = {}): Promise<{ status: number; body: ErrorBody }> {
  const response = await fetch(`${app.url}/api/v1${pathname}`, init);
  return { status: response.status, body: (await response.json()) as ErrorBody };
}

test("errors have one shape: 400, 401, 403, 404, 405, 409, 413", async () => {
  const auth = { authorization: `Bearer ${api.key}`, "content-type": "application/json" };
  for (const pathname of ["/channels", "/notify"]) {
    const post = (body: BodyInit, headers: Record<string, string> = auth) =>
      raw(pathname, { method: "POST", headers, body });
    expect.soft([pathname, (await post("{")).status]).toEqual([pathname, 400]);
    expect.soft([pathname, (await post("[1,2")).body.error.code]).toEqual([pathname, "invalid"]);
    expect.soft((await post("a=b", { ...auth, "content-type": "application/x-www-form-urlencoded" })).status).toBe(400);
    const { authorization: _, ...anonymous } = auth;
    expect
      .soft(await post("{}", anonymous))
      .toMatchObject({ status: 401, body: { error: { code: "unauthenticated" } } });
    expect
      .soft(await post("{}", { ...auth, authorization: "Bearer bfy_no-such-key" }))
      .toMatchObject({ status: 401, body: { error: { code: "unauthenticated" } } });
    expect
      .soft(await post(JSON.stringify(bodyOf("x")), { ...auth, authorization: `Bearer ${viewer.key}` }))
      .toMatchObject({ status: 403, body: { error: { code: "forbidden" } } });
    const large = JSON.stringify(bodyOf("large", { message: "x".repeat(1_100_000) }));
    expect.soft(await post(large)).toMatchObject({ status: 413, body: { error: { code: "too_large" } } });
    const inPieces = new ReadableStream({
      start(controller) {
        for (let piece = 0; piece < 40; piece++) controller.enqueue(new TextEncoder().encode("x".repeat(64 * 1024)));
        controller.close();
      },
    });
    const chunked = await raw(pathname, {
      method: "POST",
      headers: auth,
      body: inPieces,
      duplex: "half",
    } as RequestInit);
    expect.soft(chunked).toMatchObject({ status: 413, body: { error: { code: "too_large" } } });
  }
  expect(await raw("/channels/no-such", { headers: auth })).toMatchObject({
    status: 404,
    body: { error: { code: "not_found" } },
  });
  expect(await raw("/no-such-thing", { headers: auth })).toMatchObject({
    status: 404,
    body: { error: { code: "not_found" } },
  });
  expect((await raw("/notify", { method: "PUT", headers: auth })).status).toBe(405);
  expect((await raw("/channels", { method: "PUT", headers: auth, body: "{}" })).status).toBe(405);
  const fields = await api.call("POST", "/users", { name: "", email: "no address", role: "king" });
  expect([fields.status, Object.keys(fields.body.error.fields ?? {}).sort()]).toEqual([400, ["email", "name", "role"]]);
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
  const short = apiOf(app.url, made.body.key);
  expect((await short.call("GET", "/jobs")).status).toBe(200);
  await api.delete(`/api-keys/${made.body.id}`);
  await until("it is refused", async () => (await short.call("GET", "/jobs")).status === 401, { timeoutMs: 1_000 });
});

test("openapi.json describes every path that answers", async () => {
  const document = await api.get<{
    openapi: string;
    info: { title: string; version: string };
    paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;
  }>("/openapi.json");
  expect(document.openapi).toMatch(/^3\.1\./);
  expect(document.info.version).toBeTruthy();
  const wanted = [
    "/channels",
    "/channels/{id}",
    "/channels/{id}/test",
    "/channels/test",
    "/sources",
    "/destinations",
    "/jobs",
    "/jobs/{id}/run",
    "/runs/{id}/log",
    "/runs/{id}/cancel",
    "/artifacts/{id}/download",
    "/artifacts/{id}/restore",
    "/settings/notifications",
    "/settings/notifications/events/{type}/test",
    "/users",
    "/notify",
    "/events",
    "/alerts/{id}/resolve",
    "/deliveries/{id}/resend",
    "/deliveries/{id}/cancel",
  ];
  expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(wanted));
  // Each list that it names really is one.
  for (const [pathname, methods] of Object.entries(document.paths)) {
    if (!methods.get || pathname.includes("{")) continue;
    const answer = await api.call("GET", pathname);
    expect.soft([pathname, answer.status]).toEqual([pathname, 200]);
  }
});

test("health is open; metrics want a key and are what Prometheus reads", async () => {
  const health = await fetch(`${app.url}/api/health`);
  expect(health.status).toBe(200);
  expect(await health.json()).toEqual({
    status: "ok",
    database: "sqlite",
    lastTickAt: expect.stringMatching(ISO),
    backlog: { pending: expect.any(Number), oldestSeconds: expect.any(Number) },
  });
  expect((await fetch(`${app.url}/metrics`)).status).toBe(401);
  const metrics = await fetch(`${app.url}/metrics`, { headers: { authorization: `Bearer ${viewer.key}` } });
  expect(metrics.headers.get("content-type")).toContain("text/plain; version=0.0.4");
  const lines = (await metrics.text()).trimEnd().split("\n");
  for (const line of lines) {
    expect.soft(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="(\\.|[^"\\])*",?)+\})? -?[\d.e+]+)$/);
  }
  expect(lines.some((line) => line.startsWith('belfry_channel_healthy{channel="hook"'))).toBe(true);
});

test("the live stream needs a session and names topics, never data", async ({ browser }) => {
  expect((await fetch(`${app.url}/api/v1/stream`)).status).toBe(401);
  expect((await fetch(`${app.url}/api/v1/stream`, { headers: { authorization: `Bearer ${api.key}` } })).status).toBe(
    401,
  );
  const page = await app.pageOf(browser);
  const heard = page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const notices: string[] = [];
        const source = new EventSource("/api/v1/stream");
        source.addEventListener("hello", () => document.body.setAttribute("data-heard", "hello"));
        source.onmessage = ({ data }: MessageEvent<string>) => {
          notices.push(data);
          if (notices.some((notice) => notice.includes('"deliveries"'))) resolve(notices);
        };
      }),
  );
  await page.waitForSelector("[data-heard=hello]", { state: "attached" });
  await api.post("/notify", bodyOf("vespers, in secret"));
  const notices = await heard;
  for (const notice of notices)
    expect(Object.keys(JSON.parse(notice) as object)).toEqual(expect.arrayContaining(["topic"]));
  expect(notices.join()).not.toContain("vespers");
});

/** A GET with headers that fetch would not send. */
function getWith(
  pathname: string,
  headers: Record<string, string>,
): Promise<{ status: number; location: string; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(`${app.url}${pathname}`, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          location: response.headers.location ?? "",
          text: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    asked.on("error", reject);
    asked.end();
  });
}

test("forged x-forwarded headers change nothing: no redirect elsewhere, no foreign address in the audit log", async ({
  browser,
}) => {
  const forged = {
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "https",
    "x-forwarded-for": "203.0.113.66",
    forwarded: "for=203.0.113.66;host=evil.example",
    "x-real-ip": "203.0.113.66",
    "x-belfry-address": "203.0.113.66",
    "x-middleware-subrequest": "middleware",
  };
  const home = await getWith("/users", forged);
  expect(home.status).toBe(307);
  expect(home.location).toMatch(/^(\/login|http:\/\/127\.0\.0\.1:\d+\/login)/);
  expect(home.text).not.toContain("evil.example");
  const context = await browser.newContext({ baseURL: app.url, extraHTTPHeaders: forged });
  const page: Page = await context.newPage();
  await page.goto("/login");
  await page.getByLabel("Mail address").fill(ADMIN.email);
  await page.getByLabel("Password").fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("button", { name: /^Account of / })).toBeVisible();
  expect(new URL(page.url()).host).toBe(new URL(app.url).host);
  await context.close();
  const audit = await api.get<List<{ verb: string; address: string | null }>>("/audit?limit=10");
  expect(audit.items.find(({ verb }) => verb === "session.signIn")?.address).toBe("127.0.0.1");
  expect(JSON.stringify(audit)).not.toContain("203.0.113.66");
});

test("a foreign page can neither send our forms nor put us in a frame", async () => {
  const response = await fetch(`${app.url}/login`, {
    method: "POST",
    headers: {
      origin: "https://evil.example",
      "next-action": "x".repeat(40),
      "content-type": "text/plain;charset=UTF-8",
    },
    body: "[]",
  });
  expect(response.status).toBeGreaterThanOrEqual(400);
  const login = await fetch(`${app.url}/login`);
  expect(login.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
});
