import { request as httpRequest } from "node:http";
import { expect, type Page, test } from "@playwright/test";
import type { ErrorBody, List } from "./support/api";
import { type ApiApp, notice, startApiApp } from "./support/api-app";
import { ADMIN } from "./support/app";

test.describe.configure({ mode: "serial" });

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let running: ApiApp;
let app: ApiApp["app"];
let api: ApiApp["api"];
let viewer: ApiApp["viewer"];
let hook: ApiApp["hook"];

test.beforeAll(async () => {
  running = await startApiApp();
  ({ app, api, viewer, hook } = running);
  await api.post("/channels", { name: "hook", provider: "webhook", config: { url: hook.url } });
});
test.afterAll(() => running?.close());

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
      .soft(await post(JSON.stringify(notice("x")), { ...auth, authorization: `Bearer ${viewer.key}` }))
      .toMatchObject({ status: 403, body: { error: { code: "forbidden" } } });
    const large = JSON.stringify(notice("large", { message: "x".repeat(1_100_000) }));
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
    // This key is the command's, and goes with no account.
    expect.soft([pathname, answer.status]).toEqual([pathname, pathname === "/profile" ? 403 : 200]);
  }
});

test("health is open; metrics want a key and are what Prometheus reads", async () => {
  const health = await fetch(`${app.url}/api/health`);
  expect(health.status).toBe(200);
  expect(await health.json()).toEqual({
    status: "ok",
    database: "sqlite",
    problems: [],
    lastTickAt: expect.stringMatching(ISO),
    oldestSlotSeconds: expect.any(Number),
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
  await api.post("/notify", notice("vespers, in secret", { channels: ["hook"] }));
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
