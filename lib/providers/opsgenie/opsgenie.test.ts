import { describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { OPSGENIE_KEY, startOpsgenie } from "@/e2e/support/services/opsgenie";
import type { RenderContext, SendResult } from "../contract";
import { opsgenie } from "./opsgenie";

const trial = startTrial(startOpsgenie);

interface Sent {
  alias: string;
  steps: { action: string; body: Record<string, unknown> }[];
}
const configOf = (extra: Record<string, unknown> = {}) =>
  opsgenie.parse({ apiKey: OPSGENIE_KEY, apiBaseUrl: trial.server.url, ...extra });
const payloadOf = (
  more: Parameters<typeof sampleNotification>[0] = {},
  context: Partial<RenderContext> = {},
  extra: Record<string, unknown> = {},
) => opsgenie.render(sampleNotification(more), configOf(extra), sampleContext(context)) as Sent;
const deliver = (
  more: Parameters<typeof sampleNotification>[0] = {},
  context: Partial<RenderContext> = {},
  extra: Record<string, unknown> = {},
): Promise<SendResult> => opsgenie.send(payloadOf(more, context, extra), configOf(extra), trial.io);
const plain = { status: undefined, alertId: undefined, severity: "info" as const, tone: "success" as const };

describe("one alert per problem, and it closes", () => {
  test("create, acknowledge and close go by one alias", async () => {
    expect(await deliver({}, { threadId: "alt_1" })).toMatchObject({ kind: "sent", status: 202, receipt: "alt_1" });
    await deliver({}, { threadId: "alt_1" });
    expect(trial.server.alerts.get("alt_1")).toMatchObject({ status: "open", count: 2, priority: "P1" });
    await deliver({ status: "acknowledged" }, { threadId: "alt_1" });
    expect(trial.server.alerts.get("alt_1")?.status).toBe("acknowledged");
    await deliver({ status: "resolved" }, { threadId: "alt_1" });
    expect(trial.server.alerts.get("alt_1")?.status).toBe("closed");
  });
  test("what was closed there already is no failure", async () => {
    expect(await deliver({ status: "resolved" }, { threadId: "alt_never" })).toMatchObject({
      kind: "sent",
      status: 404,
    });
  });
  test("plain facts and Tests leave nothing open", async () => {
    expect(await deliver(plain, { threadId: "evt_2" })).toMatchObject({ kind: "sent" });
    expect(trial.server.alerts.get("evt_2")).toMatchObject({ status: "closed", priority: "P5" });
    await deliver({}, { threadId: "alt_3" });
    expect(await deliver({ isTest: true }, { threadId: "alt_3", deliveryId: "dlv_3" })).toMatchObject({ kind: "sent" });
    expect(trial.server.alerts.get("dlv_3")?.status).toBe("closed");
    expect(trial.server.alerts.get("alt_3")?.status).toBe("open");
  });
});

test("fault C2: tags and entity of the channel are on every alert", async () => {
  await deliver({}, { threadId: "alt_5", tags: ["db", "nas"] }, { tags: ["nas", "night"], entity: "cellar" });
  expect(trial.server.requests.at(-1)?.json).toMatchObject({ tags: ["db", "nas", "night"], entity: "cellar" });
});

test("the wire of an alert", async () => {
  const responders = ["#Backups", "@ops@example.org", "^Night", "*On-call", "Plain", `#${OPSGENIE_KEY}`];
  await deliver({}, { threadId: "alt_4", log: "one\ntwo", tags: ["db", "night"] }, { responders });
  const request = trial.server.requests.at(-1);
  expect(request).toMatchObject({ method: "POST", path: "/v2/alerts" });
  expect(request?.headers).toMatchObject({ authorization: `GenieKey ${OPSGENIE_KEY}` });
  expect(request?.json).toEqual({
    message: "media-library could not be backed up",
    alias: "alt_4",
    description: expect.stringMatching(
      /^The destination[\s\S]*\n\none\ntwo\n\nOpen the run: https:\/\/backup\.example\.org\/runs\/run_01$/,
    ),
    responders: [
      { type: "team", name: "Backups" },
      { type: "user", username: "ops@example.org" },
      { type: "escalation", name: "Night" },
      { type: "schedule", name: "On-call" },
      { type: "team", name: "Plain" },
      { type: "team", id: OPSGENIE_KEY },
    ],
    tags: ["db", "night"],
    details: {
      Job: "media-library",
      Source: "/srv/media (directory)",
      Destination: "nas.lan (SFTP)",
      Attempts: "3 in this run",
      Started: "20 November 2026, 03:09 CET",
    },
    entity: "media-library",
    source: "Belfry",
    priority: "P1",
  });
});

test.each([
  [{}, undefined, "P1"],
  [{ severity: "warning" as const }, undefined, "P2"],
  [{ severity: "warning" as const, tone: "warning" as const }, undefined, "P3"],
  [{ severity: "info" as const, tone: "info" as const }, undefined, "P5"],
  [{}, "urgent" as const, "P1"],
  [{}, "high" as const, "P2"],
  [{}, "normal" as const, "P3"],
  [{}, "low" as const, "P4"],
  [{}, "lowest" as const, "P5"],
])("%o with priority %s is %s", (more, priority, level) => {
  expect(payloadOf(more, { priority }).steps[0]?.body.priority).toBe(level);
});

describe("pain 33, 34: whatever the texts are, Opsgenie takes them", () => {
  test.each(Object.entries(HOSTILE_NAMES))("%s", async (_, name) => {
    const fields = Array.from({ length: 60 }, (_, i) => ({ label: `${i}${name}`, value: name }));
    const more = { title: name, message: name, typeName: name || "Name", fields };
    const context = { log: name, tags: Array.from({ length: 30 }, () => name), installation: { name, url: null } };
    for (const status of ["firing", "acknowledged", "resolved", undefined] as const)
      expect(await deliver({ ...more, status }, context)).toMatchObject({ kind: "sent" });
  });
  test.each([
    ["a", 130, false],
    ["a", 131, true],
    ["🙂", 130, false],
    ["🙂", 131, true],
    ["e\u0301", 65, false],
    ["e\u0301", 66, true],
  ])("a message of %s × %i", async (piece, count, isCut) => {
    expect(await deliver({ title: piece.repeat(count) })).toMatchObject({ kind: "sent" });
    const text = String(payloadOf({ title: piece.repeat(count) }).steps[0]?.body.message);
    expect(text.endsWith("…")).toBe(isCut);
    expect(text.replace(/…$/, "").replaceAll(piece, "")).toBe("");
  });
  test.each([14_900, 15_000, 15_001, 40_000])("a message of %i and its log keep the link", async (size) => {
    expect(await deliver({ message: "m".repeat(size) }, { log: `first\n${"l\n".repeat(size)}last` })).toMatchObject({
      kind: "sent",
    });
    const { description } = payloadOf({ message: "🙂".repeat(size) }).steps[0]?.body ?? {};
    expect(description).toMatch(/Open the run: https:\/\/backup\.example\.org\/runs\/run_01$/);
  });
});

describe("answers", () => {
  test("a wrong key and an unknown responder are refused, with what to do", async () => {
    expect(await deliver({}, {}, { apiKey: "wrong" })).toMatchObject({
      kind: "rejected",
      status: 401,
      reason: "401 Unauthorized: Could not authenticate",
      advice: expect.stringMatching(/API key/),
    });
    expect(await deliver({}, {}, { responders: ["Nobody"] })).toMatchObject({
      kind: "rejected",
      status: 422,
      reason: expect.stringContaining("No team exists"),
      advice: expect.stringMatching(/responder/),
    });
  });
  test("fault C4: what Opsgenie finds wrong is in the reason, not only that something is", async () => {
    const payload = payloadOf();
    for (const step of payload.steps) step.body.priority = "P9";
    expect(await opsgenie.send(payload, configOf(), trial.io)).toMatchObject({
      kind: "rejected",
      status: 422,
      reason: expect.stringMatching(/Please check the errors\. priority: should be one of \[ P1, P2, P3, P4, P5 \]$/),
      advice: expect.stringMatching(/says why/),
    });
  });
  test("pain 07: a rate limit pauses for the period that Opsgenie names", async () => {
    const headers = {
      "X-RateLimit-State": "THROTTLED",
      "X-RateLimit-Reason": "ACCOUNT",
      "X-RateLimit-Period-In-Sec": "60",
    };
    trial.server.failWith({ status: 429, body: { message: "You are making too many requests!" }, headers });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 429, afterMs: 60_000 });
  });
  test("a close that fails is tried again as a whole", async () => {
    trial.server.failWith({ status: 503, body: { message: "down" }, times: 1 });
    expect(await deliver(plain)).toMatchObject({ kind: "retry", status: 503 });
  });
  test("a hang and a reset are retried", async () => {
    trial.server.hang();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/No answer/) });
    trial.server.recover();
    trial.server.reset();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/closed the connection/) });
  });
});

test("a custom text, and no key in payload or preview", () => {
  const own = {
    title: "{{job.name}}!",
    message: "See {{link}}",
    values: { job: { name: "db" }, link: "https://x.example" },
  };
  const payload = payloadOf({}, { own });
  expect(payload.steps[0]?.body).toMatchObject({ message: "db!", description: expect.stringMatching(/^See https/) });
  expect(JSON.stringify([payload, opsgenie.preview(payload, configOf())])).not.toContain(OPSGENIE_KEY);
});

test("a sign without a name is refused when saving", () => {
  const { error } = opsgenie.configSchema.safeParse({ apiKey: "k", responders: ["#"] });
  expect(error?.issues[0]).toMatchObject({ path: ["responders", 0], message: expect.stringMatching(/name/) });
});
