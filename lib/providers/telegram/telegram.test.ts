import { afterEach, describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { startTelegram, TELEGRAM_CHAT, TELEGRAM_TOKEN, telegramError } from "@/e2e/support/services/telegram";
import type { RenderContext, SendResult } from "../contract";
import { measure } from "../kit/text";
import { telegram } from "./telegram";

const trial = startTrial(startTelegram);

afterEach(() => {
  trial.server.refusals.clear();
});

const configOf = (extra: Record<string, unknown> = {}) =>
  telegram.parse({ botToken: TELEGRAM_TOKEN, chatId: TELEGRAM_CHAT, apiBaseUrl: trial.server.url, ...extra });
const deliver = (
  more: Parameters<typeof sampleNotification>[0] = {},
  extra: Record<string, unknown> = {},
  context: Partial<RenderContext> = {},
): Promise<SendResult> => {
  const config = configOf(extra);
  return trial.deliver(telegram, config, more, context);
};
const last = () => {
  const message = trial.server.messages.at(-1);
  if (!message) throw new Error("nothing arrived");
  return message;
};
const wire = () => trial.server.requests.at(-1)?.json as Record<string, unknown>;
const MODES = ["HTML", "MarkdownV2", "none"] as const;

test("one message arrives, and its id is the receipt", async () => {
  const outcome = await deliver({}, { topicId: "42", silent: true });
  expect(outcome).toMatchObject({ kind: "sent", status: 200, receipt: String(last().id) });
  expect(trial.server.requests.at(-1)).toMatchObject({ method: "POST", path: `/bot${TELEGRAM_TOKEN}/sendMessage` });
  expect(wire()).toEqual({
    chat_id: TELEGRAM_CHAT,
    message_thread_id: 42,
    parse_mode: "HTML",
    disable_notification: true,
    link_preview_options: { is_disabled: true },
    text: `<b>media-library could not be backed up</b>

The destination could not be reached: connection refused by nas.lan:22. This is the third failure in a row; the last good backup is from yesterday, 03:14.

<b>Job:</b> media-library
<b>Source:</b> /srv/media (directory)
<b>Destination:</b> nas.lan (SFTP)
<b>Attempts:</b> 3 in this run
<b>Started:</b> 20 November 2026, 03:09 CET

<a href="https://backup.example.org/runs/run_01">Open the run</a>

Backup Failed · Belfry`,
  });
});

test.each(MODES)("%s: people read the same words", async (parseMode) => {
  expect(await deliver({}, { parseMode }, { log: "one `two`\n<three> \\ ```" })).toMatchObject({ kind: "sent" });
  expect(last().text).toContain("media-library could not be backed up\n\nThe destination");
  expect(last().text).toContain("Destination: nas.lan (SFTP)");
  expect(last().text).toContain("one `two`\n<three> \\ ```");
  expect(last().text).toContain("Open the run");
  expect(wire().parse_mode).toBe(parseMode === "none" ? undefined : parseMode);
});

test("the address of the link is kept in every mode", async () => {
  const link = { label: "Open (it)", url: "https://b.example/r_(1)?a=1&b='\"\\" };
  for (const parseMode of MODES) {
    expect(await deliver({ link }, { parseMode })).toMatchObject({ kind: "sent", status: 200 });
    expect(wire().text).toContain("https://b.example/r_(1");
  }
});

describe("pain 33: names have no effect as markup", () => {
  test.each(Object.entries(HOSTILE_NAMES))("Telegram takes %s everywhere, in every mode", async (_, name) => {
    const fields = [{ label: name, value: name }];
    const own = { title: "{{job.name}}", message: "{{job.name}} {{job.name}}", values: { job: { name } } };
    for (const parseMode of MODES) {
      for (const context of [{ log: name, installation: { name: name || "Belfry", url: null } }, { own }]) {
        const before = trial.server.requests.length;
        const outcome = await deliver({ title: name, message: name, fields }, { parseMode }, context);
        expect(outcome).toMatchObject({ kind: "sent", status: 200 });
        // At the first try: nothing of a name was read as markup.
        expect(trial.server.requests.length - before).toBe(1);
      }
    }
  });
  test("what looks like markup is read as it stands", async () => {
    for (const parseMode of MODES) {
      await deliver({ title: "a_b *c* <i>d</i> &amp; [x](y)" }, { parseMode });
      expect(last().text.split("\n")[0]).toBe("a_b *c* <i>d</i> &amp; [x](y)");
    }
  });
});

describe("pain 34: 4,096 units after the markup is read", () => {
  const pieces = { ascii: "a", markup: "<", dots: ".", emoji: "🙂", family: "👨‍👩‍👧‍👦", combining: "e\u0301" };
  const bare = { title: "t", fields: [], times: [], link: undefined };
  /** What else stands in such a message: the title, the footer, and the blank lines. */
  const around = measure("t\n\n\n\nBackup Failed · Belfry", "utf16");

  test.each(Object.entries(pieces))("as much as fits in %s, in every mode", async (_, piece) => {
    for (const parseMode of MODES) {
      for (const more of [-1, 0, 1]) {
        const whole = Math.floor((4096 - around) / piece.length);
        const text = piece.repeat(whole + more);
        expect(await deliver({ ...bare, message: text }, { parseMode })).toMatchObject({ kind: "sent", status: 200 });
        expect(last().text.includes("…")).toBe(more > 0);
      }
      await deliver({ ...bare, message: piece.repeat(5000) }, { parseMode });
      const { text } = last();
      expect(text.length).toBeLessThanOrEqual(4096);
      expect(text.length).toBeGreaterThan(4096 - 50);
      expect(text).toContain("…\n\nBackup Failed · Belfry");
      // Whole graphemes only.
      expect(text.slice(3, text.indexOf("…")).replaceAll(piece, "")).toBe("");
    }
  });
  test("a title of 256 stands whole, one of 257 is cut", async () => {
    for (const [count, end] of [
      [255, "a"],
      [256, "a"],
      [257, "…"],
    ] as const) {
      await deliver({ title: "a".repeat(count) });
      const [title = ""] = last().text.split("\n", 1);
      expect(title).toHaveLength(Math.min(256, count));
      expect(title.endsWith(end)).toBe(true);
    }
  });
  test("everything at once: link and footer stay, both ends of the log too, left facts are counted", async () => {
    const fields = Array.from({ length: 40 }, (_, i) => ({ label: `F${i}`, value: "v".repeat(250) }));
    const log = `first line\n${"x".repeat(100_000)}\nlast line`;
    await deliver({ message: "m".repeat(9000), fields }, {}, { log });
    const { text } = last();
    for (const part of ["first line", "last line", "Open the run", "m…", "F0: vv"]) expect(text).toContain(part);
    expect(text).toMatch(/Backup Failed · Belfry · \d+ more not shown$/);
  });
});

describe("own texts", () => {
  const values = { job: { name: "a<b>*c*" } };
  test("their markup counts, their values are escaped, and the facts follow", async () => {
    const own = { title: "<i>{{job.name}}</i>", message: "<code>{{job.name}}</code> failed", values };
    await deliver({}, {}, { own });
    expect(wire().text).toMatch(
      /^<b><i>a&lt;b&gt;\*c\*<\/i><\/b>\n\n<code>a&lt;b&gt;\*c\*<\/code> failed\n\n.*<a href/s,
    );
    expect(last().text).toContain("Destination");
  });
  test("custom MarkdownV2 is not made bold again", async () => {
    const own = { title: "*{{job.name}}*", message: "_{{job.name}}_", values };
    expect(await deliver({}, { parseMode: "MarkdownV2" }, { own })).not.toHaveProperty("advice");
    expect(last().text).toMatch(/^a<b>\*c\*\n\na<b>\*c\*\n/);
  });
  test("markup that Telegram cannot read goes out as plain text in the same send, and says why", async () => {
    const own = { title: "<b>{{job.name}}", message: "1. <script>x", values };
    const before = trial.server.requests.length;
    const outcome = await deliver({}, {}, { own, priority: "low" });
    expect(outcome).toMatchObject({
      kind: "sent",
      advice: expect.stringMatching(/was sent plain.*Unsupported start tag "script"/),
    });
    expect(trial.server.requests.length - before).toBe(2);
    expect(wire()).not.toHaveProperty("parse_mode");
    expect(wire().disable_notification).toBe(true);
    expect(last().text).toMatch(/^<b>a<b>\*c\*\n\n1\. <script>x\n/);
  });
});

test("a recovery answers the problem's first message, also when that was deleted", async () => {
  const first = await deliver();
  const receipt = first.kind === "sent" ? (first.receipt ?? "") : "";
  const recovered = { status: "resolved", tone: "success", title: "Recovered: media-library" } as const;
  await deliver(recovered, {}, { previous: { first: receipt, last: "999" } });
  expect(last()).toMatchObject({ replyTo: Number(receipt) });
  expect(await deliver(recovered, {}, { previous: { first: "55555", last: "55555" } })).toMatchObject({ kind: "sent" });
  expect(wire().reply_parameters).toEqual({ message_id: 55555, allow_sending_without_reply: true });
  await deliver({}, {}, { previous: { first: receipt, last: receipt } });
  expect(wire()).not.toHaveProperty("reply_parameters");
});

test.each([
  [false, undefined, false],
  [true, undefined, true],
  [false, "low", true],
  [false, "lowest", true],
  [true, "normal", true],
  [true, "high", false],
  [true, "urgent", false],
] as const)("silent %s with priority %s: without sound %s", async (silent, priority, expected) => {
  await deliver({}, { silent }, { priority });
  expect(last().isSilent).toBe(expected);
});

test("a group that became a supergroup gets the message in the same send, and the advice names its new id", async () => {
  const words = "Bad Request: group chat was upgraded to a supergroup chat";
  trial.server.refusals.set("-4242", telegramError(400, words, { migrate_to_chat_id: -1009876543210 }));
  const outcome = await deliver({}, { chatId: "-4242" });
  expect(outcome).toMatchObject({ kind: "sent", advice: expect.stringContaining("-1009876543210") });
  expect(last().chatId).toBe("-1009876543210");
});

describe("answers", () => {
  test("pain 07: a pause of as long as Telegram says", async () => {
    trial.server.failWith({
      ...telegramError(429, "Too Many Requests: retry after 37", { retry_after: 37 }),
      times: 1,
    });
    expect(await deliver()).toMatchObject({
      kind: "retry",
      status: 429,
      afterMs: 37_000,
      reason: "429 Too Many Requests: Too Many Requests: retry after 37",
      advice: expect.stringMatching(/20 per minute/),
    });
  });
  test.each([
    [403, "Forbidden: bot was blocked by the user", /press Start/],
    [403, "Forbidden: bot was kicked from the supergroup chat", /Add it again/],
    [403, "Forbidden: user is deactivated", /deleted/],
    [403, "Forbidden: the group chat was deleted", /Add it again/],
    [403, "Forbidden: bot is not a member of the channel chat", /Add it again/],
  ])("%i %s is permanently gone", async (code, words, advice) => {
    trial.server.refusals.set(TELEGRAM_CHAT, telegramError(code, words));
    expect(await deliver()).toMatchObject({
      kind: "gone",
      status: code,
      reason: expect.stringContaining(words),
      advice: expect.stringMatching(advice),
    });
  });
  test.each([
    [400, "Bad Request: not enough rights to send text messages to the chat", /permission/],
    [400, "Bad Request: message is too long", undefined],
  ])("%i %s is refused", async (code, words, advice) => {
    trial.server.refusals.set(TELEGRAM_CHAT, telegramError(code, words));
    const outcome = await deliver();
    expect(outcome).toMatchObject({ kind: "rejected", status: code });
    const said = "advice" in outcome ? outcome.advice : undefined;
    if (advice) expect(said).toMatch(advice);
    else expect(said).toBeUndefined();
  });
  test("fault B10: “chat not found” is permanent, but the channel stays: an own server says it after a restart", async () => {
    trial.server.refusals.set(TELEGRAM_CHAT, telegramError(400, "Bad Request: chat not found"));
    expect(await deliver()).toMatchObject({
      kind: "rejected",
      status: 400,
      advice: expect.stringMatching(/Check the chat ID/),
    });
  });
  test.each(["Bad Request: message thread not found", "Bad Request: TOPIC_DELETED", "Bad Request: TOPIC_CLOSED"])(
    "fault B6: a refused topic does not stop the message: %s",
    async (words) => {
      trial.server.failWith({ ...telegramError(400, words), times: 1 });
      expect(await deliver({}, { topicId: "42" })).toMatchObject({
        kind: "sent",
        advice: expect.stringMatching(/outside the topic.*Check the topic ID/),
      });
      expect(wire()).not.toHaveProperty("message_thread_id");
    },
  );
  test("fault B6: a refused reply becomes a message of its own", async () => {
    trial.server.failWith({ ...telegramError(400, "Bad Request: REPLY_MESSAGE_ID_INVALID"), times: 1 });
    const outcome = await deliver({ status: "resolved" }, {}, { previous: { first: "101", last: "101" } });
    expect(outcome).toMatchObject({ kind: "sent", receipt: String(last().id) });
    expect(outcome).not.toHaveProperty("advice");
    expect(wire()).not.toHaveProperty("reply_parameters");
  });
  test("each correction is made once: a server that refuses everything ends the send", async () => {
    trial.server.refusals.set(TELEGRAM_CHAT, telegramError(400, "Bad Request: message thread not found"));
    const before = trial.server.requests.length;
    const context = { previous: { first: "101", last: "101" } };
    expect(await deliver({ status: "resolved" }, { topicId: "42" }, context)).toMatchObject({
      kind: "rejected",
      advice: expect.stringMatching(/topic/),
    });
    expect(trial.server.requests.length - before).toBe(3);
  });
  test("fault C4: the general topic has no thread id on the wire", async () => {
    expect(await deliver({}, { topicId: "1" })).toMatchObject({ kind: "sent" });
    expect(wire()).not.toHaveProperty("message_thread_id");
    await deliver({}, { topicId: "2" });
    expect(wire()).toHaveProperty("message_thread_id", 2);
  });
  test("a wrong token is refused without being named", async () => {
    const wrong = "987654321:AAWrongTokenWrongTokenWrongToken";
    const outcome = await deliver({}, { botToken: wrong });
    expect(outcome).toMatchObject({ kind: "rejected", status: 401, advice: expect.stringMatching(/@BotFather/) });
    expect(JSON.stringify(outcome)).not.toContain(wrong);
  });
  test("a no that comes with 200 is a no", async () => {
    const { body } = telegramError(429, "Too Many Requests: retry after 3", { retry_after: 3 });
    trial.server.failWith({ status: 200, body, times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", afterMs: 3_000 });
    trial.server.failWith({ status: 200, body: { ok: false, description: "no" }, times: 1 });
    expect(await deliver()).toMatchObject({ kind: "rejected" });
  });
  test("a hang and a reset are retried, and the token stands in no reason", async () => {
    for (const failure of ["hang", "reset"] as const) {
      trial.server[failure]();
      const outcome = await deliver();
      expect(outcome.kind).toBe("retry");
      expect(JSON.stringify(outcome)).not.toContain(TELEGRAM_TOKEN);
      trial.server.recover();
    }
  });
});

test("neither what is logged nor what is shown holds the token", () => {
  const config = configOf();
  const payload = telegram.render(sampleNotification(), config, sampleContext());
  expect(JSON.stringify([payload, telegram.preview(payload, config)])).not.toContain(TELEGRAM_TOKEN);
});

describe("the form", () => {
  test.each([
    [
      `https://api.telegram.org/bot${TELEGRAM_TOKEN}/sendMessage?chat_id=-100123&text=hi`,
      { botToken: TELEGRAM_TOKEN, chatId: "-100123" },
    ],
    [`https://api.telegram.org/bot${TELEGRAM_TOKEN}/getUpdates`, { botToken: TELEGRAM_TOKEN }],
    [
      `https://api.telegram.org/bot${TELEGRAM_TOKEN}/sendMessage?chat_id=@backups&message_thread_id=7`,
      { botToken: TELEGRAM_TOKEN, chatId: "@backups", topicId: "7" },
    ],
    ["https://api.telegram.org/botabc/sendMessage", null],
    [`https://example.org/bot${TELEGRAM_TOKEN}/sendMessage`, null],
    ["telegram", null],
  ])("recognises %s", (url, values) => expect(telegram.fromUrl(url)).toEqual(values));
  test.each([
    ["chatId", "-1001234567890", true],
    ["chatId", "@my_channel", true],
    ["chatId", "my channel", false],
    ["chatId", "", false],
    ["botToken", "123456789", false],
    ["topicId", "12", true],
    ["topicId", "twelve", false],
    ["apiBaseUrl", "ftp://x.example", false],
  ])("%s takes “%s”: %s", (name, value, isTaken) => {
    const input = { botToken: TELEGRAM_TOKEN, chatId: "1", [name]: value };
    expect(telegram.configSchema.safeParse(input).success).toBe(isTaken);
  });
});
