import { describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { PAGERDUTY_KEY, startPagerDuty } from "@/e2e/support/services/pagerduty";
import { problemsBy } from "@/e2e/support/specifications/conforms";
import { ERROR, EVENT, SUCCESS } from "@/e2e/support/specifications/pagerduty";
import type { RenderContext, SendResult } from "../contract";
import { measure } from "../kit/text";
import { pagerduty } from "./pagerduty";

const trial = startTrial(startPagerDuty);

const configOf = (extra: Record<string, unknown> = {}) =>
  pagerduty.parse({ integrationKey: PAGERDUTY_KEY, apiBaseUrl: trial.server.url, ...extra });
const payloadOf = (more: Parameters<typeof sampleNotification>[0] = {}, context: Partial<RenderContext> = {}) =>
  pagerduty.render(sampleNotification(more), configOf(), sampleContext(context)) as {
    kind: string;
    events: { event_action?: string; dedup_key?: string; payload?: Record<string, unknown> }[];
  };
const deliver = (
  more: Parameters<typeof sampleNotification>[0] = {},
  context: Partial<RenderContext> = {},
  extra: Record<string, unknown> = {},
): Promise<SendResult> => pagerduty.send(payloadOf(more, context), configOf(extra), trial.io);
const lastJson = <T>() => {
  const request = trial.server.requests.at(-1);
  if (!request) throw new Error("nothing arrived");
  return request.json as T;
};
const plain = { status: undefined, alertId: undefined };

describe("pain 39: incidents close", () => {
  test("trigger, acknowledge and resolve carry one dedup key", async () => {
    expect(await deliver({}, { threadId: "alt_39" })).toMatchObject({ kind: "sent", status: 202, receipt: "alt_39" });
    expect(await deliver({ title: "Again" }, { threadId: "alt_39", isFirst: false })).toMatchObject({ kind: "sent" });
    expect(trial.server.incidents.get("alt_39")).toMatchObject({ state: "triggered", triggers: 2, summary: "Again" });
    await deliver({ status: "acknowledged" }, { threadId: "alt_39" });
    expect(trial.server.incidents.get("alt_39")).toMatchObject({ state: "acknowledged" });
    await deliver({ status: "resolved", tone: "success" }, { threadId: "alt_39" });
    expect(trial.server.incidents.get("alt_39")).toMatchObject({ state: "resolved" });
  });
  test("plain facts open nothing: they are change events", async () => {
    const before = trial.server.incidents.size;
    expect(await deliver({ ...plain, tone: "success", title: "media-library was backed up" })).toMatchObject({
      kind: "sent",
      status: 202,
    });
    expect(trial.server.incidents.size).toBe(before);
    expect(trial.server.changes.at(-1)).toEqual({ summary: "media-library was backed up" });
  });
  test("a Test is opened and closed in one go, and touches no other incident", async () => {
    await deliver({}, { threadId: "alt_40" });
    expect(await deliver({ isTest: true }, { threadId: "alt_40", deliveryId: "dlv_test" })).toMatchObject({
      kind: "sent",
    });
    expect(trial.server.incidents.get("dlv_test")).toMatchObject({ state: "resolved", triggers: 1 });
    expect(trial.server.incidents.get("alt_40")).toMatchObject({ state: "triggered" });
  });
});

test("the wire of an incident", async () => {
  await deliver({}, { threadId: "alt_1", log: "one\ntwo" });
  const request = trial.server.requests.at(-1);
  expect(request).toMatchObject({ method: "POST", path: "/v2/enqueue" });
  expect(request?.headers["content-type"]).toBe("application/json");
  expect(request?.json).toEqual({
    routing_key: PAGERDUTY_KEY,
    event_action: "trigger",
    dedup_key: "alt_1",
    payload: {
      summary: "media-library could not be backed up",
      source: "backup.example.org",
      timestamp: "2026-11-20T02:10:04.000Z",
      severity: "critical",
      component: "media-library",
      group: "backups",
      class: "Backup Failed",
      custom_details: {
        message: expect.stringContaining("connection refused by nas.lan:22"),
        Job: "media-library",
        Source: "/srv/media (directory)",
        Destination: "nas.lan (SFTP)",
        Attempts: "3 in this run",
        Started: "20 November 2026, 03:09 CET",
        log: "one\ntwo",
      },
    },
    client: "Belfry",
    client_url: "https://backup.example.org",
    links: [{ href: "https://backup.example.org/runs/run_01", text: "Open the run" }],
  });
});

test("fault C2: source, component, group and class of the channel take the place of Belfry's own", async () => {
  const own = { source: "nas", component: "disk", group: "storage", class: "backup" };
  const config = pagerduty.parse({ integrationKey: PAGERDUTY_KEY, apiBaseUrl: trial.server.url, ...own });
  expect(await trial.deliver(pagerduty, config)).toMatchObject({ kind: "sent" });
  expect(lastJson<{ payload: object }>().payload).toMatchObject(own);
});

test.each([
  [{ severity: "critical" as const }, undefined, "critical"],
  [{ severity: "warning" as const, tone: "failure" as const }, undefined, "error"],
  [{ severity: "warning" as const, tone: "warning" as const }, undefined, "warning"],
  [{ severity: "info" as const, tone: "info" as const }, undefined, "info"],
  [{ severity: "warning" as const, tone: "warning" as const }, "high" as const, "error"],
  [{ severity: "info" as const, tone: "info" as const }, "urgent" as const, "critical"],
  [{ severity: "critical" as const }, "low" as const, "critical"],
])("severity of %o with priority %s is %s", (more, priority, severity) => {
  expect(payloadOf(more, { priority }).events[0]?.payload?.severity).toBe(severity);
});

test("a custom text replaces title and message", () => {
  const own = {
    title: "{{job.name}}!",
    message: "See {{link}}",
    values: { job: { name: "db" }, link: "https://x.example" },
  };
  expect(payloadOf({}, { own }).events[0]?.payload).toMatchObject({
    summary: "db!",
    custom_details: { message: "See https://x.example" },
  });
});

describe("pain 33, 34: whatever the texts are, PagerDuty takes them", () => {
  test.each(Object.entries(HOSTILE_NAMES))("%s", async (_, name) => {
    const fields = Array.from({ length: 60 }, () => ({ label: name, value: name }));
    const more = { title: name, message: name, typeName: name || "Name", fields };
    const context = { log: name, installation: { name, url: null } };
    expect(await deliver(more, context)).toMatchObject({ kind: "sent" });
    expect(await deliver({ ...more, ...plain }, context)).toMatchObject({ kind: "sent" });
  });
  test.each([
    ["a", 1023, false],
    ["a", 1024, false],
    ["a", 1025, true],
    ["🙂", 1024, false],
    ["🙂", 1025, true],
    ["e\u0301", 512, false],
    ["e\u0301", 513, true],
  ])("a summary of %s × %i", async (piece, count, isCut) => {
    await deliver({ title: piece.repeat(count) });
    const { payload } = lastJson<{ payload: { summary: string } }>();
    expect(payload.summary.endsWith("…")).toBe(isCut);
    expect(measure(payload.summary, "codepoints")).toBeLessThanOrEqual(1024);
    expect(payload.summary.replace(/…$/, "").replaceAll(piece, "")).toBe("");
  });
  test("the largest event stays below 512 KB; link, key and both ends of the log are kept", async () => {
    const long = '"🙂\\\n'.repeat(40_000);
    const fields = Array.from({ length: 60 }, (_, i) => ({ label: `${i}${long}`, value: long }));
    expect(await deliver({ title: long, message: long, fields }, { log: `first\n${long}\nlast` })).toMatchObject({
      kind: "sent",
    });
    const sent = trial.server.requests.at(-1);
    expect(Buffer.byteLength(sent?.body ?? "")).toBeLessThan(512_000);
    const json = sent?.json as { dedup_key: string; links: unknown[]; payload: { custom_details: { log: string } } };
    expect(json).toMatchObject({ dedup_key: "alt_01", links: [{ href: "https://backup.example.org/runs/run_01" }] });
    expect(json.payload.custom_details.log).toMatch(/^first\n[\s\S]*kB cut …[\s\S]*last$/);
  });
});

describe("answers", () => {
  test("an unknown key is refused, in PagerDuty's words and with what to do", async () => {
    expect(await deliver({}, {}, { integrationKey: "0".repeat(32) })).toMatchObject({
      kind: "rejected",
      status: 400,
      reason: "400 Bad Request: Event object is invalid: Invalid routing key",
      advice: expect.stringMatching(/integration key/),
    });
  });
  test("pain 07: too many events pause the channel, by its hint or for a minute", async () => {
    trial.server.failWith({
      status: 429,
      body: { status: "throttle exceeded", message: "Requests throttled" },
      times: 1,
    });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 429, afterMs: 60_000 });
    trial.server.failWith({ status: 429, headers: { "retry-after": "7" }, times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", afterMs: 7_000 });
  });
  test("5xx, a hang and a reset are retried", async () => {
    trial.server.failWith({ status: 502, body: "<h1>Bad Gateway</h1>" });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 502 });
    trial.server.recover();
    trial.server.hang();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/No answer/) });
    trial.server.recover();
    trial.server.reset();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/closed the connection/) });
  });
});

test("what PagerDuty gives people to paste", () => {
  const key = PAGERDUTY_KEY;
  expect(pagerduty.fromUrl(`https://events.pagerduty.com/integration/${key}/enqueue`)).toEqual({
    integrationKey: key,
    region: "us",
  });
  expect(pagerduty.fromUrl(`https://events.eu.pagerduty.com/x-ere/${key}`)).toEqual({
    integrationKey: key,
    region: "eu",
  });
  expect(pagerduty.fromUrl("https://events.pagerduty.com/v2/enqueue")).toBeNull();
  expect(pagerduty.fromUrl(`https://example.org/integration/${key}/enqueue`)).toBeNull();
  expect(pagerduty.fromUrl(key)).toBeNull();
});

test("no key in payload or preview, and the region chooses the host", async () => {
  const payload = payloadOf();
  expect(JSON.stringify([payload, pagerduty.preview(payload, configOf())])).not.toContain(PAGERDUTY_KEY);
  expect(pagerduty.configSchema.safeParse({ integrationKey: "short" }).error?.issues[0]?.message).toMatch(/32/);
  const asked: string[] = [];
  const watch = {
    ...trial.io,
    http: {
      request: async ({ url }: { url: string }) => {
        asked.push(url);
        return { kind: "failed" as const, reason: "not asked", isRefused: false };
      },
    },
  };
  for (const region of ["us", "eu"]) await pagerduty.send(payload, configOf({ region, apiBaseUrl: "" }), watch);
  expect(asked).toEqual(["https://events.pagerduty.com/v2/enqueue", "https://events.eu.pagerduty.com/v2/enqueue"]);
});

describe("PagerDuty's own specification", () => {
  const long = { log: "line\n".repeat(5_000), installation: { name: "Belfry", url: "https://backup.example.org" } };
  test.each(Object.entries(HOSTILE_NAMES))("allows every event that is sent, with %s", async (_, name) => {
    const before = trial.server.requests.length;
    const fields = Array.from({ length: 60 }, (_, index) => ({ label: `${name}${index}`, value: name }));
    for (const more of [{}, { status: "acknowledged" }, { status: "resolved" }, { isTest: true }] as const) {
      for (const context of [{}, long, { priority: "urgent" as const }])
        await deliver({ title: name, message: name, fields, ...more }, context);
    }
    const sent = trial.server.requests.slice(before).filter(({ path }) => path === "/v2/enqueue");
    expect(sent.length).toBeGreaterThanOrEqual(12);
    for (const { json } of sent) expect(problemsBy(EVENT, json)).toEqual([]);
  });
  test("is kept by the answers of these tests as well, and a member that it does not name is found", async () => {
    await deliver();
    await deliver({}, {}, { integrationKey: "0".repeat(32) });
    for (const { status, answer } of trial.server.requests.slice(-2))
      expect(problemsBy(status === 202 ? SUCCESS : ERROR, JSON.parse(answer))).toEqual([]);
    expect(problemsBy(EVENT, { routing_key: "k", event_action: "trigger", dedupKey: "x" })).toHaveLength(1);
    expect(problemsBy(EVENT, { routing_key: "k", event_action: "close" })).toHaveLength(1);
  });
});
