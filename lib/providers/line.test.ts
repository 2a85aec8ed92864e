import { describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { LINE_STRANGER, LINE_TOKEN, LINE_USER, startLine } from "@/e2e/support/services/line";
import { measure } from "./kit/text";
import { line } from "./line";

const trial = startTrial(startLine);
let count = 0;

const configOf = (extra: Record<string, unknown> = {}) =>
  line.parse({ accessToken: LINE_TOKEN, to: LINE_USER, apiBaseUrl: trial.server.url, ...extra });
/** Each call is a delivery of its own, unless it says which. */
const deliver = (
  extra: Record<string, unknown> = {},
  more: Parameters<typeof sampleNotification>[0] = {},
  context: Parameters<typeof sampleContext>[0] = {},
) => {
  count += 1;
  return trial.deliver(line, configOf(extra), more, { deliveryId: `dlv_line_${count}`, ...context });
};

test("a push message, with the delivery's own retry key", async () => {
  expect(await deliver({}, {}, { log: "one\ntwo" })).toMatchObject({
    kind: "sent",
    status: 200,
    receipt: expect.stringMatching(/^\d+$/),
  });
  const request = trial.server.requests.at(-1);
  expect(request).toMatchObject({ method: "POST", path: "/v2/bot/message/push" });
  expect(request?.headers).toMatchObject({
    "content-type": "application/json",
    authorization: `Bearer ${LINE_TOKEN}`,
    "x-line-retry-key": expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/),
  });
  expect(request?.json).toEqual({
    to: LINE_USER,
    messages: [
      { type: "text", text: expect.stringMatching(/^media-library could not be backed up\n[\s\S]*one\ntwo\n/) },
    ],
  });
});

test("a message whose answer was lost is not written twice, and counts as sent", async () => {
  const before = trial.server.messages.length;
  const context = { deliveryId: "dlv_twice" };
  expect(await deliver({}, {}, context)).toMatchObject({ kind: "sent", status: 200 });
  expect(await deliver({}, {}, context)).toMatchObject({ kind: "sent", status: 409, receipt: `req-${before + 1}` });
  expect(trial.server.messages.length).toBe(before + 1);
  trial.server.failWith({ status: 409, body: { message: "Conflict" }, times: 1 });
  expect(await deliver()).toMatchObject({ kind: "retry", status: 409 });
});

test("a custom text, a Test and a recovery are recognisable", async () => {
  await deliver(
    {},
    {},
    { own: { title: "{{job.name}}!", message: "<{{job.name}}>", values: { job: { name: "nas" } } } },
  );
  expect(trial.server.messages.at(-1)?.text).toMatch(/^nas!\n\n<nas>\n/);
  await deliver({}, { isTest: true });
  expect(trial.server.messages.at(-1)?.text).toMatch(/\nTest · Backup Failed · Belfry$/);
  await deliver({}, { status: "resolved", title: "Recovered: nas" });
  expect(trial.server.messages.at(-1)?.text).toMatch(/^Recovered: nas\n/);
});

describe("pain 33, 34: whatever the texts are", () => {
  test.each(Object.entries(HOSTILE_NAMES))("LINE takes %s", async (_, name) => {
    const fields = Array.from({ length: 40 }, () => ({ label: name, value: name }));
    const more = { title: name, message: name, typeName: name || "Name", fields };
    expect(await deliver({}, more, { log: name, installation: { name, url: null } })).toMatchObject({ kind: "sent" });
  });
  test.each(["a", "🙂", "e\u0301"])("at the edge in %s: whole, or with a mark; link and print are kept", (piece) => {
    const textOf = (message: string) =>
      (
        line.render(
          sampleNotification({ title: "T", fields: [], times: [], message }),
          configOf(),
          sampleContext(),
        ) as {
          messages: [{ text: string }];
        }
      ).messages[0].text;
    const most = Math.floor((5000 - (textOf("x").length - 1)) / piece.length);
    for (const wanted of [most - 2, most + 1]) {
      const text = textOf(piece.repeat(wanted));
      expect(measure(text, "utf16")).toBeLessThanOrEqual(5000);
      expect(text.includes("…")).toBe(wanted > most);
      expect(text).toMatch(/https:\/\/backup\.example\.org\/runs\/run_01\n\nBackup Failed · Belfry$/);
    }
  });
});

describe("answers", () => {
  test("a wrong token and a stranger are refused, in LINE's words and with what to do", async () => {
    expect(await deliver({ accessToken: "wrong-token-0123456789" })).toMatchObject({
      kind: "rejected",
      status: 401,
      reason: expect.stringMatching(/Authentication failed/),
      advice: expect.stringMatching(/long-lived/),
    });
    expect(await deliver({ to: LINE_STRANGER })).toMatchObject({
      kind: "rejected",
      status: 400,
      reason: "400 Bad Request: Failed to send messages",
      advice: expect.stringMatching(/friend/),
    });
  });
  test("pain 07: too fast waits as long as LINE says, the month's end longer", async () => {
    const body = { message: "The API rate limit has been exceeded. Try again later." };
    trial.server.failWith({ status: 429, body, headers: { "retry-after": "2" }, times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", afterMs: 2_000 });
    trial.server.failWith({ status: 429, body: { message: "You have reached your monthly limit." }, times: 1 });
    expect(await deliver()).toMatchObject({
      kind: "retry",
      status: 429,
      afterMs: 6 * 3_600_000,
      advice: expect.stringMatching(/larger plan/),
    });
  });
  test("fault B7: a 404 of a gateway is retried; LINE's own answers have a request's id", async () => {
    trial.server.failWith({ status: 404, body: { message: "no Route matched with those values" }, times: 1 });
    expect(await deliver()).toMatchObject({
      kind: "retry",
      status: 404,
      advice: expect.stringMatching(/in the place of LINE/),
    });
  });
  test("403, 5xx, a hang and a reset", async () => {
    trial.server.failWith({
      status: 403,
      body: { message: "Not authorized to use this API" },
      headers: { "x-line-request-id": "req-403" },
      times: 1,
    });
    expect(await deliver()).toMatchObject({
      kind: "rejected",
      status: 403,
      advice: expect.stringMatching(/permissions/),
    });
    trial.server.failWith({ status: 500, times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 500 });
    trial.server.hang();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/No answer/) });
    trial.server.recover();
    trial.server.reset();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/closed the connection/) });
  });
});

test("the form wants an id, not a LINE ID; no token is in payload or preview", () => {
  const problem = (to: string) => line.configSchema.safeParse({ accessToken: "t", to }).error?.issues[0]?.message;
  expect(problem(LINE_USER)).toBeUndefined();
  expect(problem(LINE_USER.replace("U", "C"))).toBeUndefined();
  expect(problem("@belfry")).toMatch(/not the LINE ID/);
  const payload = line.render(sampleNotification(), configOf(), sampleContext());
  expect(JSON.stringify([payload, line.preview(payload, configOf())])).not.toContain(LINE_TOKEN);
  expect(line.fromUrl("https://api.line.me/v2/bot/message/push")).toBeNull();
});
