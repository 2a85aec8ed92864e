import { afterEach, describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { SNS_KEYS, SNS_REGION, SNS_TOPIC, snsError, startSns } from "@/e2e/support/services/sns";
import { redactDeep, redactor } from "@/lib/secrets/redact";
import { sns } from "./sns";

const AT = Date.UTC(2026, 10, 20, 2, 10, 4);
const trial = startTrial(startSns);

afterEach(() => {
  trial.server.now = () => AT;
});

const configOf = (extra: Record<string, unknown> = {}) =>
  sns.parse({ region: SNS_REGION, ...SNS_KEYS, topicArn: SNS_TOPIC, apiBaseUrl: trial.server.url, ...extra });
const PHONE = { topicArn: "", phoneNumber: "+491701234567" };
const deliver = (
  extra: Record<string, unknown> = {},
  more: Parameters<typeof sampleNotification>[0] = {},
  context: Parameters<typeof sampleContext>[0] = {},
) => {
  trial.server.now = () => AT;
  return trial.deliver(sns, configOf(extra), more, context);
};

test("a message to a topic, signed; its id is the receipt", async () => {
  expect(await deliver()).toMatchObject({ kind: "sent", status: 200, receipt: expect.stringMatching(/^msg-\d+$/) });
  expect(trial.server.requests.at(-1)).toMatchObject({ method: "POST", path: "/" });
  expect(trial.server.requests.at(-1)?.headers["x-amz-date"]).toBe("20261120T021004Z");
  expect(trial.server.messages.at(-1)).toEqual({
    Action: "Publish",
    Version: "2010-03-31",
    TopicArn: SNS_TOPIC,
    Subject: "media-library could not be backed up",
    Message: expect.stringMatching(/^media-library could not be backed up\n[\s\S]*\nBackup Failed · Belfry$/),
  });
});

test("a text message to a number, short and transactional", async () => {
  expect(await deliver(PHONE, {}, { log: "a line of the log" })).toMatchObject({ kind: "sent" });
  expect(trial.server.messages.at(-1)).toMatchObject({
    PhoneNumber: "+491701234567",
    "MessageAttributes.entry.1.Value.StringValue": "Transactional",
  });
  expect(trial.server.messages.at(-1)?.Subject).toBeUndefined();
  expect(trial.server.messages.at(-1)?.Message).not.toContain("a line of the log");
});

test("a FIFO topic learns what belongs together, and drops doubles", async () => {
  expect(
    await deliver({ topicArn: `${SNS_TOPIC}.fifo` }, {}, { threadId: "alt_7", deliveryId: "dlv_7" }),
  ).toMatchObject({
    kind: "sent",
  });
  expect(trial.server.messages.at(-1)).toMatchObject({ MessageGroupId: "alt_7", MessageDeduplicationId: "dlv_7" });
});

describe("fault C4: a subject is ASCII, less than 100 characters, and never empty", () => {
  test.each([
    ["“nas” – done", '"nas" - done'],
    ["Café à jour", "Cafe a jour"],
    ["備份作業", "Backup Failed"],
    ["nas 🙂 failed", "nas ? failed"],
    ["a".repeat(99), "a".repeat(99)],
    ["a".repeat(100), `${"a".repeat(96)}...`],
    ["a".repeat(101), `${"a".repeat(96)}...`],
  ])("%s", async (title, subject) => {
    expect(await deliver({}, { title })).toMatchObject({ kind: "sent" });
    expect(trial.server.messages.at(-1)?.Subject).toBe(subject);
    expect(trial.server.messages.at(-1)?.Message?.startsWith(`${title}\n`)).toBe(true);
  });
});

describe("pain 33, 34: whatever the texts are", () => {
  test.each(Object.entries(HOSTILE_NAMES))("AWS takes %s", async (_, name) => {
    const fields = Array.from({ length: 40 }, () => ({ label: name, value: name }));
    const more = { title: name, message: name, typeName: name || "Name", fields };
    const context = { log: name, installation: { name, url: null } };
    expect(await deliver({}, more, context)).toMatchObject({ kind: "sent" });
    expect(await deliver(PHONE, more, context)).toMatchObject({ kind: "sent" });
  });
  test("the largest message stays below 256 KB; the link and both ends of the log are kept", async () => {
    const long = "🙂 line of text\n".repeat(30_000);
    expect(await deliver({}, { message: long }, { log: `first\n${long}\nlast` })).toMatchObject({ kind: "sent" });
    expect(trial.server.messages.at(-1)?.Message).toMatch(
      /\nfirst\n[\s\S]* cut …[\s\S]*last\n\nOpen the run: https:[^\n]+\n\nBackup Failed · Belfry$/,
    );
  });
});

test("a custom text, a Test and a recovery are recognisable", async () => {
  await deliver(
    {},
    {},
    { own: { title: "{{job.name}}!", message: "<{{job.name}}>", values: { job: { name: "nas" } } } },
  );
  expect(trial.server.messages.at(-1)).toMatchObject({
    Subject: "nas!",
    Message: expect.stringMatching(/^nas!\n\n<nas>\n/),
  });
  await deliver({}, { isTest: true });
  expect(trial.server.messages.at(-1)?.Message).toMatch(/Test · Backup Failed · Belfry$/);
  await deliver({}, { status: "resolved", title: "Recovered: nas" });
  expect(trial.server.messages.at(-1)?.Subject).toBe("Recovered: nas");
});

describe("answers", () => {
  test("unknown keys, a wrong secret, a missing topic: refused with AWS's words and what to do", async () => {
    expect(await deliver({ accessKeyId: "AKIAUNKNOWN000000000" })).toMatchObject({
      kind: "rejected",
      status: 403,
      reason: "403 Forbidden: InvalidClientTokenId: The security token included in the request is invalid.",
      advice: expect.stringMatching(/create a new one/),
    });
    expect(await deliver({ secretAccessKey: "wrong-secret-0123456789" })).toMatchObject({
      kind: "rejected",
      reason: expect.stringMatching(/SignatureDoesNotMatch/),
      advice: expect.stringMatching(/does not belong/),
    });
    expect(await deliver({ topicArn: SNS_TOPIC.replace("backups", "nowhere") })).toMatchObject({
      kind: "rejected",
      status: 404,
      reason: "404 Not Found: NotFound: Topic does not exist",
      advice: expect.stringMatching(/ARN/),
    });
  });
  test("a clock that is wrong is named", async () => {
    const config = configOf();
    trial.server.now = () => AT + 16 * 60_000;
    expect(await trial.deliver(sns, config)).toMatchObject({
      kind: "rejected",
      advice: expect.stringMatching(/clock/),
    });
    expect(await trial.deliver(sns, config, {}, { now: AT + 2 * 60_000 })).toMatchObject({ kind: "sent" });
  });
  test.each([
    [400, "Throttling", "Rate exceeded", "retry"],
    [400, "ThrottledException", "Rate exceeded", "retry"],
    [429, "Throttled", "Rate exceeded", "retry"],
    [500, "InternalError", "Internal service error", "retry"],
    [403, "AuthorizationError", "User is not authorized to perform: SNS:Publish", "rejected"],
    [400, "InvalidParameter", "Invalid parameter: a < b", "rejected"],
    [400, "EndpointDisabled", "Endpoint is disabled", "gone"],
  ])("%i %s is %s, %s", async (status, code, words, kind) => {
    trial.server.failWith({ status, body: snsError(code, words), times: 1 });
    const outcome = await deliver();
    expect(outcome).toMatchObject({ kind, status });
    expect(outcome.kind !== "sent" && outcome.reason).toContain(`: ${code}: ${words}`);
  });
  test("a number that opted out", async () => {
    expect(await deliver({ ...PHONE, phoneNumber: "+15005550004" })).toMatchObject({
      kind: "rejected",
      advice: expect.stringMatching(/30 days/),
    });
  });
  test("words that are no XML, a hang and a reset are retried", async () => {
    trial.server.failWith({ status: 503, body: "upstream", times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 503 });
    trial.server.hang();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/No answer/) });
    trial.server.recover();
    trial.server.reset();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/closed the connection/) });
  });
});

test("neither keys nor a signature stand in payload, preview or a redacted answer", async () => {
  const payload = sns.render(sampleNotification(), configOf(), sampleContext());
  const shown = JSON.stringify([payload, sns.preview(payload, configOf())]);
  expect(shown).not.toMatch(/AKIA|Signature|snsSecret/);
  const echo = { status: 400, body: `Authorization ${SNS_KEYS.secretAccessKey}`, times: 1 };
  trial.server.failWith(echo);
  const outcome = redactDeep(await deliver(), redactor([SNS_KEYS.secretAccessKey]));
  expect(JSON.stringify(outcome)).not.toContain(SNS_KEYS.secretAccessKey);
});

describe("the form", () => {
  const problem = (extra: Record<string, unknown>) => {
    const config = { region: SNS_REGION, ...SNS_KEYS, topicArn: SNS_TOPIC, ...extra };
    const issue = sns.configSchema.safeParse(config).error?.issues[0];
    return issue && `${issue.path.join(".")}: ${issue.message}`;
  };
  test("exactly one target, in its own region", () => {
    expect(problem({})).toBeUndefined();
    expect(problem(PHONE)).toBeUndefined();
    expect(problem({ topicArn: "" })).toMatch(/^topicArn: Enter/);
    expect(problem({ phoneNumber: "+491701234567" })).toMatch(/^phoneNumber: Choose one/);
    expect(problem({ region: "us-east-1" })).toBe("region: The topic is in eu-central-1.");
    expect(problem({ region: "Frankfurt" })).toMatch(/^region: /);
    expect(problem({ topicArn: "backups" })).toMatch(/^topicArn: /);
  });
  test("a pasted ARN fills topic and region", () => {
    expect(sns.fromUrl(SNS_TOPIC)).toEqual({ region: SNS_REGION, topicArn: SNS_TOPIC });
    expect(sns.fromUrl("arn:aws:sqs:eu-central-1:123456789012:backups")).toBeNull();
  });
});
