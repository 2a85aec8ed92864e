import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Api, apiOf } from "@/e2e/support/api";
import { type Belfry, prepareBelfry, startBelfry } from "@/e2e/support/belfry";
import { until } from "@/e2e/support/child";
import { belfryCommand } from "@/e2e/support/command";
import { freePort } from "@/e2e/support/free-port";

/** A command blocks this process for seconds: meanwhile the server would end a connection that waits for reuse, unseen. */
const fetchOnce = (url: string, { headers, ...more }: RequestInit = {}) =>
  fetch(url, { ...more, headers: { connection: "close", ...(headers as Record<string, string>) } });

let belfry: Belfry;
let admin: Api;
let folder = "";
let receiver: Server;
let receiverUrl = "";
const received: { url: string; body: Record<string, unknown> }[] = [];

const keyOf = (role: string): Api => {
  const { out, err } = belfryCommand(path.join(folder, "data"), [
    "api-key",
    "create",
    "--name",
    role,
    "--role",
    role,
    "--json",
  ]);
  expect(err).toBe("");
  return apiOf(belfry.url, (JSON.parse(out) as { key: string }).key);
};

beforeAll(async () => {
  prepareBelfry();
  folder = mkdtempSync(path.join(tmpdir(), "belfry-api-"));
  const port = await freePort();
  receiver = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      received.push({ url: request.url ?? "", body: JSON.parse(text || "{}") });
      response.end("ok");
    });
  }).listen(port, "127.0.0.1");
  receiverUrl = `http://127.0.0.1:${port}/hook`;
  belfry = await startBelfry({ dataDir: path.join(folder, "data") });
  admin = keyOf("admin");
}, 240_000);
afterAll(async () => {
  await belfry?.stop();
  receiver?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("the frame", () => {
  test("no key gets 401, a wrong role 403, both before the body is read", async () => {
    const nobody = await fetchOnce(`${belfry.url}/api/v1/channels`, { method: "POST", body: "no JSON" });
    expect([nobody.status, nobody.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    expect(await nobody.json()).toEqual({ error: { code: "unauthenticated", message: expect.any(String) } });
    const wrongKey = await fetchOnce(`${belfry.url}/api/v1/channels`, {
      headers: { authorization: "Bearer bfy_nothing" },
    });
    expect(wrongKey.status).toBe(401);
    expect(await keyOf("viewer").call("POST", "/channels", { nonsense: true })).toMatchObject({
      status: 403,
      body: { error: { code: "forbidden" } },
    });
  });

  test("a wrong type is 400, a large body 413, each in JSON", async () => {
    const post = (body: string, type: string) =>
      fetchOnce(`${belfry.url}/api/v1/channels`, {
        method: "POST",
        body,
        headers: { authorization: `Bearer ${admin.key}`, "content-type": type },
      });
    for (const [body, type, status, code] of [
      ["{}", "text/plain", 400, "invalid"],
      ["{", "application/json", 400, "invalid"],
      ["[]", "application/json", 400, "invalid"],
      [`"${"x".repeat(1_100_000)}"`, "application/json", 413, "too_large"],
    ] as const) {
      const answer = await post(body, type);
      expect([status, await answer.json()]).toEqual([answer.status, { error: { code, message: expect.any(String) } }]);
    }
  });

  test("an unknown path is 404 and an unknown method 405, in JSON; the description is open", async () => {
    for (const at of ["", "/nothing", "/channels/x/nothing"]) {
      expect(await admin.call("GET", at)).toMatchObject({ status: 404, body: { error: { code: "not_found" } } });
    }
    const wrong = await admin.call("DELETE", "/channels");
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET, POST, HEAD, OPTIONS"]);
    expect(wrong.body).toEqual({ error: { code: "invalid", message: expect.any(String) } });
    const document = await fetchOnce(`${belfry.url}/api/v1/openapi.json`);
    expect(await document.json()).toMatchObject({ openapi: "3.1.0", paths: { "/channels": {}, "/notify": {} } });
    expect(await admin.call("GET", "/channels?cursor=%00")).toMatchObject({ status: 400 });
    expect(await admin.call("OPTIONS", "/nothing")).toMatchObject({
      status: 404,
      body: { error: { code: "not_found" } },
    });
  });
});

describe("channels and the delivery log", () => {
  test("a channel is created, tested, notified through, changed and deleted", async () => {
    const created = await admin.call<{ id: string }>("POST", "/channels", {
      name: "ops",
      provider: "webhook",
      config: { url: receiverUrl, authHeader: "Bearer a-secret-token" },
    });
    expect(created).toMatchObject({
      status: 201,
      body: { id: expect.any(String), enabled: true, config: { url: { stored: true }, authHeader: { stored: true } } },
    });
    const { id } = created.body;
    expect(
      await admin.call("POST", "/channels", { name: "ops", provider: "webhook", config: { url: receiverUrl } }),
    ).toMatchObject({
      status: 409,
      body: { error: { code: "conflict", fields: { name: expect.any(String) } } },
    });
    const tested = await admin.call("POST", `/channels/${id}/test`);
    expect(tested).toMatchObject({ status: 200, body: { status: "sent", latencyMs: expect.any(Number) } });
    expect(received.at(-1)?.body).toMatchObject({ isTest: true });

    const notified = await admin.call<{ events: { id: string }[] }>("POST", "/notify", {
      title: "Import failed",
      message: "3 rows",
      tone: "failure",
      dedupKey: "import",
      channels: ["ops"],
    });
    expect(notified).toMatchObject({ status: 202, body: { events: [{ duplicate: false, deliveries: 1 }] } });
    const eventId = notified.body.events[0]?.id ?? "";
    const log = () => admin.get<{ items: { id: string; status: string }[] }>(`/deliveries?eventId=${eventId}`);
    await until("it is sent", async () => (await log()).items[0]?.status === "sent");
    expect(received.at(-1)?.body).toMatchObject({ title: "Import failed", eventId, status: "firing" });
    const delivery = await admin.get<Record<string, unknown>>(`/deliveries/${(await log()).items[0]?.id}`);
    expect(delivery).toMatchObject({
      status: "sent",
      attempts: [{ number: 1, outcome: "sent", status: 200 }],
      payload: { method: "POST" },
      notification: { title: "Import failed", at: expect.stringMatching(/^\d{4}-.*Z$/), times: [] },
    });
    expect(JSON.stringify(delivery)).not.toContain("a-secret-token");
    const { items: alerts } = await admin.get<{ items: { id: string; status: string }[] }>("/alerts?status=firing");
    expect(alerts).toMatchObject([{ type: "custom.notification", notified: ["ops"] }]);
    expect(await admin.post(`/alerts/${alerts[0]?.id}/resolve`)).toMatchObject({ status: "resolved" });
    expect(await admin.get(`/events/${eventId}`)).toMatchObject({ title: "Import failed", deliveries: 1 });

    await admin.patch("/settings/notifications", { globalChannels: [id] });
    expect(await admin.call("DELETE", `/channels/${id}`)).toMatchObject({
      status: 409,
      body: { error: { code: "conflict" } },
    });
    const sample = await admin.post(`/settings/notifications/events/system.error/test`);
    expect(sample).toMatchObject({ results: [{ channelId: id, status: "sent" }] });
    await admin.patch("/settings/notifications", { globalChannels: [] });
    expect(await admin.patch(`/channels/${id}`, { enabled: false })).toMatchObject({ enabled: false });
    expect(await admin.call("DELETE", `/channels/${id}`)).toMatchObject({ status: 200, body: { id } });
    expect(await admin.call("GET", `/channels/${id}`)).toMatchObject({ status: 404 });
  });

  test("pain 14: a Test that fails answers 502 with the service's own words", async () => {
    const closed = await freePort();
    const draft = { name: "x", provider: "webhook", config: { url: `http://127.0.0.1:${closed}/` } };
    expect(await admin.call("POST", "/channels/test", draft)).toMatchObject({
      status: 502,
      body: { error: { code: "delivery_failed", message: expect.stringContaining("refuses the connection") } },
    });
    expect(await admin.call("POST", "/channels/test", { ...draft, config: { url: "nothing" } })).toMatchObject({
      status: 400,
      body: { error: { fields: { "config.url": expect.any(String) } } },
    });
  });
});

describe("notifications of a caller's own", () => {
  interface Notified {
    events: { id: string; duplicate: boolean; deliveries: number }[];
  }
  const notify = (body: unknown, api = admin) => api.call<Notified>("POST", "/notify", body);
  const refusal = async (body: unknown, api = admin) => {
    const { status, body: answer } = await api.call("POST", "/notify", body);
    return [status, answer.error.code, answer.error.fields ?? answer.error.message];
  };

  test("a list is refused whole, with the path of each error; a body that is no notification gets one sentence", async () => {
    const fine = { title: "fine", message: "" };
    const newest = async () => (await admin.get<{ items: { id: string }[] }>("/events?limit=1")).items[0]?.id;
    const before = await newest();
    expect(await refusal([fine, fine, fine, { message: "no title" }])).toEqual([
      400,
      "invalid",
      { "[3].title": "This field must be filled in." },
    ]);
    expect(await refusal([{ ...fine, channels: ["nobody"] }])).toEqual([
      400,
      "invalid",
      { "[0].channels[0]": expect.any(String) },
    ]);
    expect(await refusal({ ...fine, channels: ["nobody"] })).toEqual([
      400,
      "invalid",
      { "channels[0]": expect.any(String) },
    ]);
    expect(await refusal(Array.from({ length: 1_001 }, () => fine))).toEqual([
      400,
      "invalid",
      "At most 1,000 at a time.",
    ]);
    for (const body of [[], null, "text", 5]) {
      expect(await refusal(body)).toEqual([400, "invalid", expect.stringMatching(/^(An empty list|The body must be)/)]);
    }
    expect(await refusal({ ...fine, idempotencyKey: "x".repeat(256) })).toMatchObject([400, "invalid", {}]);
    expect((await refusal(fine, keyOf("viewer"))).slice(0, 2)).toEqual([403, "forbidden"]);
    expect(await newest()).toBe(before);
    expect((await notify(Array.from({ length: 1_000 }, () => fine))).body.events).toHaveLength(1_000);
  });

  test("an idempotency key answers the first event, also within a list, and belongs to its API key", async () => {
    const one = { title: "once", message: "", idempotencyKey: "ü".repeat(255) };
    const first = (await notify(one)).body.events[0];
    const again = (await notify([{ ...one }, { ...one, idempotencyKey: "b" }, { ...one, idempotencyKey: "b" }])).body
      .events;
    expect(again.map(({ duplicate }) => duplicate)).toEqual([true, false, true]);
    expect([again[0]?.id, again[2]?.id]).toEqual([first?.id, again[1]?.id]);
    expect((await notify(one, keyOf("operator"))).body.events).toMatchObject([{ duplicate: false }]);
  });

  test("firing opens an alert even without a tone, resolved ends it, and one that ends nothing is stored but not sent", async () => {
    const { id } = await admin.post<{ id: string }>("/channels", {
      name: "callers",
      provider: "webhook",
      config: { url: receiverUrl },
    });
    const disk = { message: "", dedupKey: "disk", channels: ["callers"] };
    const firing = async () =>
      (await admin.get<{ items: { subject: { id: string } }[] }>("/alerts?status=firing")).items.filter(
        ({ subject }) => subject.id === "disk",
      ).length;
    expect((await notify({ ...disk, title: "Disk full", status: "firing" })).body.events).toMatchObject([
      { deliveries: 1 },
    ]);
    expect(await firing()).toBe(1);
    expect((await notify({ ...disk, title: "Disk full", status: "resolved", tone: "failure" })).status).toBe(202);
    expect(await firing()).toBe(0);
    const nothing = (await notify({ ...disk, title: "still fine", tone: "success" })).body.events[0];
    expect(nothing).toMatchObject({ duplicate: false, deliveries: 0 });
    expect(await admin.get(`/events/${nothing?.id}`)).toMatchObject({ title: "still fine" });
    await admin.delete(`/channels/${id}`);
  });
});

test("a backup from end to end by the API alone: source, destination, job, run, download, restore", async () => {
  const [data, backups] = [path.join(folder, "files"), path.join(folder, "backups")];
  mkdirSync(data);
  mkdirSync(backups);
  writeFileSync(path.join(data, "letter.txt"), "Dear all");
  const source = await admin.post<{ id: string }>("/sources", {
    name: "files",
    kind: "directory",
    config: { path: data },
  });
  const destination = await admin.post<{ id: string }>("/destinations", {
    name: "disk",
    kind: "local",
    createFolder: true,
    config: { path: backups },
  });
  expect(await admin.post(`/sources/${source.id}/test`)).toMatchObject({ status: "ok" });
  expect(await admin.post(`/destinations/${destination.id}/test`)).toMatchObject({ status: "ok" });
  const job = await admin.call<{ id: string }>("POST", "/jobs", {
    name: "Letters",
    kind: "managed",
    sourceId: source.id,
    destinationIds: [destination.id],
    schedule: { cron: "0 3 * * *", timezone: "Europe/Zurich" },
    enabled: true,
    compression: "gzip",
    retention: { keepLast: 3 },
    notifications: [],
  });
  expect(job).toMatchObject({ status: 201, body: { name: "Letters", slug: "letters", graceMinutes: 10, retries: 0 } });
  const started = await admin.call<{ runId: string }>("POST", `/jobs/${job.body.id}/run`);
  expect(started.status).toBe(202);
  const runOf = (id: string) =>
    admin.get<{ status: string; error: string | null; artifacts: { id: string; bytes: number }[] }>(`/runs/${id}`);
  const isFinished = async (id: string) => !["queued", "running"].includes((await runOf(id)).status);
  await until("the run is over", () => isFinished(started.body.runId), { timeoutMs: 30_000 });
  const run = await runOf(started.body.runId);
  expect(run).toMatchObject({ status: "success", error: null, artifacts: [{ id: expect.any(String) }] });
  expect((await admin.get<{ text: string }>(`/runs/${started.body.runId}/log`)).text).not.toBe("");
  const artifact = run.artifacts[0];
  expect(await admin.get(`/runs?jobId=${job.body.id}`)).toMatchObject({
    items: [{ artifacts: [{ id: artifact?.id }] }],
  });

  const file = await fetchOnce(`${belfry.url}/api/v1/artifacts/${artifact?.id}/download`, {
    headers: { authorization: `Bearer ${admin.key}` },
  });
  expect([file.status, file.headers.get("content-disposition")]).toEqual([
    200,
    expect.stringContaining("attachment; filename="),
  ]);
  expect((await file.arrayBuffer()).byteLength).toBe(artifact?.bytes);
  expect(await keyOf("viewer").call("GET", `/artifacts/${artifact?.id}/download`)).toMatchObject({ status: 403 });

  const target = path.join(folder, "data", "restores", "letters");
  const restore = await admin.call<{ runId: string }>("POST", `/artifacts/${artifact?.id}/restore`, {
    target: { path: target },
  });
  expect(restore.status).toBe(202);
  await until("the restore is over", () => isFinished(restore.body.runId), { timeoutMs: 30_000 });
  expect(await runOf(restore.body.runId)).toMatchObject({ status: "success", error: null });
  expect(readFileSync(path.join(target, "letter.txt"), "utf8")).toBe("Dear all");
  expect(await admin.call("POST", `/artifacts/${artifact?.id}/restore`, { target: { path: target } })).toMatchObject({
    status: 409,
  });
});

test("the configuration goes out into a file and comes back, by a form as by JSON", async () => {
  const passphrase = "a passphrase of some length";
  await admin.post("/users", {
    name: "Root",
    email: "root@example.org",
    role: "admin",
    password: "correct horse battery",
  });
  const file = await fetchOnce(`${belfry.url}/api/v1/config-backups/download`, {
    method: "POST",
    body: JSON.stringify({ passphrase }),
    headers: { authorization: `Bearer ${admin.key}`, "content-type": "application/json" },
  });
  const bytes = await file.arrayBuffer();
  expect([file.status, file.headers.get("content-encoding")]).toEqual([200, null]);
  const form = new FormData();
  form.set("passphrase", passphrase);
  form.set("file", new Blob([bytes]), "configuration.belfry");
  const restored = await fetchOnce(`${belfry.url}/api/v1/config-backups/restore`, {
    method: "POST",
    body: form,
    headers: { authorization: `Bearer ${admin.key}` },
  });
  expect([restored.status, await restored.text()]).toEqual([200, expect.any(String)]);
  const forged = await fetchOnce(`${belfry.url}/api/v1/config-backups/restore`, { method: "POST", body: form });
  expect(forged.status).toBe(401);
  form.set("passphrase", "another passphrase");
  expect(
    (
      await fetchOnce(`${belfry.url}/api/v1/config-backups/restore`, {
        method: "POST",
        body: form,
        headers: { authorization: `Bearer ${admin.key}` },
      })
    ).status,
  ).toBe(400);
});
