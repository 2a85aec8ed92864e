import { describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { startTwilio, TWILIO_FROM, TWILIO_SID, TWILIO_TOKEN } from "@/e2e/support/services/twilio";
import { problemsBy } from "@/e2e/support/specifications/conforms";
import { ERRORS, MESSAGE_FORM, ONE_OF, PATH, SID } from "@/e2e/support/specifications/twilio";
import { twilio } from "./twilio";

const trial = startTrial(startTwilio);

const configOf = (extra: Record<string, unknown> = {}) =>
  twilio.parse({
    accountSid: TWILIO_SID,
    authToken: TWILIO_TOKEN,
    from: TWILIO_FROM,
    to: ["+14108675310"],
    apiBaseUrl: trial.server.url,
    ...extra,
  });
const deliver = (
  extra: Record<string, unknown> = {},
  more: Parameters<typeof sampleNotification>[0] = {},
  context: Parameters<typeof sampleContext>[0] = {},
) => trial.deliver(twilio, configOf(extra), more, context);

test("one short message by the twilio package, and its SID is the receipt", async () => {
  expect(await deliver()).toMatchObject({ kind: "sent", status: 201, receipt: expect.stringMatching(/^SM\d{32}$/) });
  const request = trial.server.requests.at(-1);
  expect(request).toMatchObject({ method: "POST", path: `/2010-04-01/Accounts/${TWILIO_SID}/Messages.json` });
  expect(request?.headers["user-agent"]).toMatch(/^twilio-node\//);
  expect(Object.fromEntries(request?.form ?? [])).toEqual({
    To: "+14108675310",
    From: TWILIO_FROM,
    Body: [
      "media-library could not be backed up",
      "The destination could not be reached: connection refused by nas.lan:22. This is the third failure in a row; the last good backup is from yesterday, 03:14.",
      "https://backup.example.org/runs/run_01",
    ].join("\n"),
  });
});

test("each number has a delivery of its own; a messaging service takes the sender's place", async () => {
  const config = configOf({ to: ["+14108675310", "+14108675311"] });
  expect(twilio.audience(config)).toEqual({ fixed: ["+14108675310", "+14108675311"], admins: false });
  await trial.deliver(twilio, config, {}, { recipient: "+14108675311" });
  expect(trial.server.messages.at(-1)?.to).toBe("+14108675311");
  const messagingServiceSid = "MG0123456789abcdef0123456789abcdef";
  await deliver({ from: "", messagingServiceSid });
  expect(trial.server.messages.at(-1)?.from).toBe(messagingServiceSid);
});

test("a proxy's path stands before Twilio's", async () => {
  expect(await deliver({ apiBaseUrl: `${trial.server.url}/twilio/` })).toMatchObject({ kind: "rejected", status: 404 });
  expect(trial.server.requests.at(-1)?.path).toBe(`/twilio/2010-04-01/Accounts/${TWILIO_SID}/Messages.json`);
});

test("a log is never sent, a custom text is, a recovery says so", async () => {
  await deliver({}, {}, { log: "secret line of the log" });
  expect(trial.server.messages.at(-1)?.body).not.toContain("secret line");
  const own = { title: "{{job.name}} broke", message: "“Look”", values: { job: { name: "nas" } } };
  await deliver({}, { link: undefined }, { own });
  expect(trial.server.messages.at(-1)?.body).toBe('nas broke\n"Look"');
  await deliver({}, { status: "resolved", tone: "success", title: "Recovered: nas" });
  expect(trial.server.messages.at(-1)?.body).toMatch(/^Recovered: nas\n/);
});

describe("pain 33, 34: whatever the texts are", () => {
  test.each(Object.entries(HOSTILE_NAMES))("Twilio takes %s", async (_, name) => {
    expect(await deliver({}, { title: name, message: name, typeName: name || "Name" })).toMatchObject({ kind: "sent" });
  });
  test("the preview says what it costs", () => {
    const preview = (title: string) =>
      twilio.preview(
        twilio.render(sampleNotification({ title, message: "", link: undefined }), configOf(), sampleContext()),
        configOf(),
      );
    expect(preview("a".repeat(200))).toMatchObject({
      kind: "sms",
      from: TWILIO_FROM,
      facts: [
        { label: "To", value: "+14108675310" },
        { label: "Encoding", value: "GSM-7" },
        { label: "Segments", value: "2" },
      ],
    });
    expect(preview("🙂").facts).toContainEqual({ label: "Encoding", value: "UCS-2" });
  });
});

describe("answers", () => {
  test.each([
    ["+15005550001", 21211, /country code/],
    ["+15005550002", 21612, /sender that reaches/],
    ["+15005550003", 21408, /Geo permissions/],
    ["+15005550004", 21610, /START/],
    ["+15005550009", 21614, /landline/],
  ])("%s: %i is refused for this number only, with what to do", async (to, code, advice) => {
    expect(await deliver({ to: [to] })).toMatchObject({
      kind: "rejected",
      status: 400,
      reason: expect.stringMatching(new RegExp(`^400 Bad Request: .+ \\(Twilio error ${code}\\)$`)),
      advice: expect.stringMatching(advice),
      refused: [{ recipient: to, reason: expect.stringContaining(String(code)), retryable: false }],
    });
  });
  test.each([
    ["+15005550001", 21212],
    ["+15005550007", 21606],
  ])("a sender %s is refused by %i", async (from, code) => {
    expect(await deliver({ from })).toMatchObject({ kind: "rejected", reason: expect.stringContaining(String(code)) });
  });
  test("a full queue pauses the channel, whatever the status", async () => {
    expect(await deliver({ from: "+15005550008" })).toMatchObject({ kind: "retry", status: 429, afterMs: 30_000 });
    trial.server.failWith({ status: 400, body: { code: 21611, message: "queue full", status: 400 }, times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 400, afterMs: 30_000, advice: expect.any(String) });
  });
  test("pain 07: 429 waits as long as Twilio says", async () => {
    const body = { code: 20429, message: "Too Many Requests", status: 429 };
    trial.server.failWith({ status: 429, body, headers: { "retry-after": "4" }, times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", afterMs: 4_000 });
  });
  test("a wrong token is refused with what to do; no secret is in the words", async () => {
    const outcome = await deliver({ authToken: "wrong-token-0123456789" });
    expect(outcome).toMatchObject({
      kind: "rejected",
      status: 401,
      reason: "401 Unauthorized: Authenticate (Twilio error 20003)",
      advice: expect.stringMatching(/Console/),
    });
    expect(JSON.stringify(outcome)).not.toContain("wrong-token");
  });
  test("a hang, a reset and words that are no JSON are tried again", async () => {
    trial.server.hang();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/No answer/) });
    trial.server.recover();
    trial.server.reset();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/closed the connection/) });
    trial.server.recover();
    trial.server.failWith({ status: 502, body: "<h1>Bad Gateway</h1>", times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 502 });
  });
});

describe("the form", () => {
  const problem = (extra: Record<string, unknown>) => {
    const config = { accountSid: TWILIO_SID, authToken: "t", from: TWILIO_FROM, to: ["+14108675310"], ...extra };
    const issue = twilio.configSchema.safeParse(config).error?.issues[0];
    return issue && `${issue.path.join(".")}: ${issue.message}`;
  };
  test.each([[{}], [{ from: "12345" }], [{ from: "Belfry" }]])("takes %o", (extra) =>
    expect(problem(extra)).toBeUndefined(),
  );
  test.each([
    [{ from: "" }, /^from: Enter a sender/],
    [{ messagingServiceSid: "MG0123456789abcdef0123456789abcdef" }, /^messagingServiceSid: Choose one/],
    [{ to: [] }, /^to: /],
    [{ to: ["+14108675310", "0170 1234567"] }, /^to\.1: .*country code/],
    [{ accountSid: "SK123" }, /^accountSid: /],
    [{ from: "a name that is far too long" }, /^from/],
  ])("refuses %o", (extra, words) => expect(problem(extra)).toMatch(words));
  test("reads the address of an account", () => {
    const path = `2010-04-01/Accounts/${TWILIO_SID}/Messages.json`;
    expect(twilio.fromUrl(`https://api.twilio.com/${path}`)).toEqual({ accountSid: TWILIO_SID });
    expect(twilio.fromUrl(`https://${TWILIO_SID}:tok@api.dublin.ie1.twilio.com/${path}`)).toEqual({
      accountSid: TWILIO_SID,
      authToken: "tok",
      apiBaseUrl: "https://api.dublin.ie1.twilio.com",
    });
    expect(twilio.fromUrl(`https://evil.example/${path}`)).toBeNull();
    expect(twilio.fromUrl("twilio")).toBeNull();
  });
});

describe("Twilio's own specification", () => {
  test.each(Object.entries(HOSTILE_NAMES))("allows every message that its package sends, with %s", async (_, name) => {
    const before = trial.server.requests.length;
    const service = { from: "", messagingServiceSid: "MG0123456789abcdef0123456789abcdef" };
    for (const extra of [{}, service, { from: "Belfry" }])
      expect(await deliver(extra, { title: name, message: name })).toMatchObject({
        kind: "sent",
        receipt: expect.stringMatching(SID),
      });
    const sent = trial.server.requests.slice(before);
    expect(sent).toHaveLength(3);
    for (const { path, form } of sent) {
      expect(path).toMatch(PATH);
      expect(problemsBy(MESSAGE_FORM, Object.fromEntries(form))).toEqual([]);
      for (const names of ONE_OF) expect(names.filter((one) => form.get(one)).length).toBeGreaterThan(0);
    }
  });
  test.each(Object.entries(ERRORS))("lists error %i, which is read as the list explains it", async (code, listed) => {
    const { message, isPassing } = listed;
    const body = { code: Number(code), message, more_info: `https://www.twilio.com/docs/errors/${code}`, status: 400 };
    trial.server.failWith({ status: 400, body, times: 1 });
    const outcome = await deliver();
    expect(outcome).toMatchObject({
      kind: isPassing ? "retry" : "rejected",
      reason: expect.stringContaining(`${message} (Twilio error ${code})`),
    });
    if (outcome.kind === "retry") expect(outcome.afterMs).toBeGreaterThanOrEqual(30_000);
  });
});
