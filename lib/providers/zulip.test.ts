import { describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { startZulip, ZULIP_EMAIL, ZULIP_KEY, ZULIP_STREAM } from "@/e2e/support/services/zulip";
import { measure } from "./kit/text";
import { escapeZulipMarkdown, zulip } from "./zulip";

const trial = startTrial(startZulip);

const configOf = (extra: Record<string, unknown> = {}) =>
  zulip.parse({
    serverUrl: trial.server.url,
    botEmail: ZULIP_EMAIL,
    apiKey: ZULIP_KEY,
    stream: ZULIP_STREAM,
    ...extra,
  });
const deliver = (
  extra: Record<string, unknown> = {},
  more: Parameters<typeof sampleNotification>[0] = {},
  context: Parameters<typeof sampleContext>[0] = {},
) => trial.deliver(zulip, configOf(extra), more, context);

test("one message in the channel's topic, and its id is the receipt", async () => {
  expect(await deliver({}, {}, { log: "one\n```\n*two*" })).toMatchObject({
    kind: "sent",
    status: 200,
    receipt: expect.stringMatching(/^\d+$/),
  });
  const { form, path, method } = trial.server.requests.at(-1) ?? {};
  expect({ method, path }).toEqual({ method: "POST", path: "/api/v1/messages" });
  expect(Object.fromEntries(form ?? [])).toEqual({
    type: "stream",
    to: ZULIP_STREAM,
    topic: "Belfry",
    content: [
      "**media-library could not be backed up**",
      "",
      "The destination could not be reached: connection refused by nas.lan:22. This is the third failure in a row; the last good backup is from yesterday, 03:14.",
      "",
      "**Job:** media-library",
      "**Source:** /srv/media (directory)",
      "**Destination:** nas.lan (SFTP)",
      "**Attempts:** 3 in this run",
      "**Started:** 20 November 2026, 03:09 CET",
      "",
      "```text\none\n`\u200b`\u200b`\n*two*\n```",
      "",
      "[Open the run](https://backup.example.org/runs/run_01)",
      "",
      "*Backup Failed · Belfry*",
    ].join("\n"),
  });
  await deliver({ topic: "Night shift" });
  expect(trial.server.messages.at(-1)?.topic).toBe("Night shift");
  await deliver({ topic: " " });
  expect(trial.server.messages.at(-1)?.topic).toBe("Belfry");
});

test("names have no effect as markup and wake nobody; addresses stay whole", async () => {
  expect(escapeZulipMarkdown("@**all** #**backups** *i* ~~s~~ `c` $$x$$")).toBe(
    "&#64;&#42;&#42;all&#42;&#42; &#35;&#42;&#42;backups&#42;&#42; &#42;i&#42; &#126;&#126;s&#126;&#126; &#96;c&#96; &#36;&#36;x&#36;&#36;",
  );
  expect(escapeZulipMarkdown("- l\n1. n\n/me waves\n> q & :bell: at 03:14")).toBe(
    "&#45; l\n1&#46; n\n&#47;me waves\n&#62; q &#38; &#58;bell: at 03:14",
  );
  expect(escapeZulipMarkdown("see https://x.example/a_b#c?d=e")).toBe("see https://x.example/a_b#c?d=e");
  await deliver({}, {}, { own: { title: "*{{job.name}}*", message: "**x**", values: { job: { name: "a*b" } } } });
  expect(trial.server.messages.at(-1)?.content).toMatch(/^\*\*\*a&#42;b\*\*\*\n\n\*\*x\*\*\n/);
});

test("a Test and a recovery are recognisable", async () => {
  await deliver({}, { isTest: true });
  expect(trial.server.messages.at(-1)?.content).toMatch(/\*Test · Backup Failed · Belfry\*$/);
  await deliver({}, { status: "resolved", title: "Recovered: nas" });
  expect(trial.server.messages.at(-1)?.content).toMatch(/^\*\*Recovered: nas\*\*/);
});

describe("pain 33, 34: whatever the texts are", () => {
  test.each(Object.entries(HOSTILE_NAMES))("Zulip takes %s", async (_, name) => {
    const fields = Array.from({ length: 40 }, () => ({ label: name, value: name }));
    const more = { title: name, message: name, typeName: name || "Name", fields };
    expect(await deliver({}, more, { log: name, installation: { name, url: null } })).toMatchObject({ kind: "sent" });
  });
  test.each(["a", "🙂", "e\u0301", "*"])(
    "10,000 characters hold at the edge in %s; link and print are kept",
    (piece) => {
      const textOf = (message: string) =>
        (
          zulip.render(
            sampleNotification({ title: "T", fields: [], times: [], message }),
            configOf(),
            sampleContext(),
          ) as {
            content: string;
          }
        ).content;
      const size = measure(escapeZulipMarkdown(piece), "codepoints");
      const most = Math.floor((10_000 - (measure(textOf("x"), "codepoints") - 1)) / size);
      for (const count of [most - 3, most + 1]) {
        const text = textOf(piece.repeat(count));
        expect(measure(text, "codepoints")).toBeLessThanOrEqual(10_000);
        expect(text.includes("…")).toBe(count > most);
        expect(text).toMatch(/runs\/run_01\)\n\n\*Backup Failed · Belfry\*$/);
      }
    },
  );
  test.each([
    ["a", 60, true],
    ["a", 61, false],
    ["🙂", 60, true],
    ["🙂", 61, false],
  ])("a topic of %s × %i is taken: %s", (piece, count, isTaken) => {
    const config = { serverUrl: trial.server.url, botEmail: ZULIP_EMAIL, apiKey: ZULIP_KEY, stream: ZULIP_STREAM };
    expect(zulip.configSchema.safeParse({ ...config, topic: piece.repeat(count) }).success).toBe(isTaken);
  });
});

describe("answers", () => {
  test("a wrong key and an unknown channel are refused, in Zulip's words and with what to do", async () => {
    expect(await deliver({ apiKey: "wrong-key-0123456789" })).toMatchObject({
      kind: "rejected",
      status: 401,
      reason: "401 Unauthorized: Invalid API key (INVALID_API_KEY)",
      advice: expect.stringMatching(/Bots/),
    });
    expect(await deliver({ stream: "nowhere" })).toMatchObject({
      kind: "rejected",
      status: 400,
      reason: "400 Bad Request: Channel 'nowhere' does not exist (STREAM_DOES_NOT_EXIST)",
      advice: expect.stringMatching(/spelling/),
    });
  });
  test("200 that means no is no; a deactivated bot is gone", async () => {
    trial.server.failWith({
      status: 200,
      body: { result: "error", msg: "Message must not be empty", code: "BAD_REQUEST" },
      times: 1,
    });
    expect(await deliver()).toMatchObject({
      kind: "rejected",
      status: 200,
      reason: expect.stringMatching(/must not be empty/),
    });
    trial.server.failWith({
      status: 401,
      body: { result: "error", msg: "Account is deactivated", code: "USER_DEACTIVATED" },
      times: 1,
    });
    expect(await deliver()).toMatchObject({ kind: "gone", status: 401 });
  });
  test("pain 07: a rate limit waits as long as Zulip says, in the body or the header", async () => {
    const body = { result: "error", msg: "API usage exceeded rate limit", code: "RATE_LIMIT_HIT", "retry-after": 28.7 };
    trial.server.failWith({ status: 429, body, times: 1 });
    expect(await deliver()).toMatchObject({
      kind: "retry",
      afterMs: 28_700,
      reason: "429 Too Many Requests: API usage exceeded rate limit (RATE_LIMIT_HIT)",
    });
    trial.server.failWith({
      status: 429,
      body: { ...body, "retry-after": undefined },
      headers: { "retry-after": "3" },
      times: 1,
    });
    expect(await deliver()).toMatchObject({ kind: "retry", afterMs: 3_000 });
  });
  test("5xx, a hang and a reset are retried", async () => {
    trial.server.failWith({ status: 502, body: "<h1>Bad Gateway</h1>", times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 502 });
    trial.server.hang();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/No answer/) });
    trial.server.recover();
    trial.server.reset();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/closed the connection/) });
  });
});

test("the address of an incoming webhook fills the form; no key is in payload or preview", () => {
  const pasted =
    "https://example.zulipchat.com/api/v1/external/slack_incoming?api_key=k123456789&stream=backups&topic=Nights";
  expect(zulip.fromUrl(pasted)).toEqual({
    serverUrl: "https://example.zulipchat.com",
    apiKey: "k123456789",
    stream: "backups",
    topic: "Nights",
  });
  expect(zulip.fromUrl("https://example.zulipchat.com/#narrow/stream/1")).toBeNull();
  const payload = zulip.render(sampleNotification(), configOf(), sampleContext());
  expect(JSON.stringify([payload, zulip.preview(payload, configOf())])).not.toContain(ZULIP_KEY);
});
