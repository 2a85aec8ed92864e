import { describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { PUSHOVER_TOKEN, PUSHOVER_USER, pushoverError, startPushover } from "@/e2e/support/services/pushover";
import type { RenderContext, SendResult } from "../contract";
import { measure } from "../kit/text";
import { pushover } from "./pushover";

const trial = startTrial(startPushover);

const configOf = (extra: Record<string, unknown> = {}) =>
  pushover.parse({ userKey: PUSHOVER_USER, appToken: PUSHOVER_TOKEN, apiBaseUrl: trial.server.url, ...extra });
const deliver = (
  more: Parameters<typeof sampleNotification>[0] = {},
  extra: Record<string, unknown> = {},
  context: Partial<RenderContext> = {},
): Promise<SendResult> => {
  const config = configOf(extra);
  return trial.deliver(pushover, config, more, context);
};
const last = () => {
  const message = trial.server.messages.at(-1);
  if (!message) throw new Error("nothing arrived");
  return message;
};
const wire = () => Object.fromEntries(trial.server.requests.at(-1)?.form ?? []);
const RECOVERED = { status: "resolved", tone: "success", title: "Recovered: media-library" } as const;

test("one push with everything, as a form", async () => {
  const extra = { device: "phone,tablet", sound: "cosmic" };
  expect(await deliver({}, extra)).toMatchObject({ kind: "sent", status: 200 });
  expect(trial.server.requests.at(-1)).toMatchObject({ method: "POST", path: "/1/messages.json" });
  expect(wire()).toEqual({
    token: PUSHOVER_TOKEN,
    user: PUSHOVER_USER,
    device: "phone,tablet",
    sound: "cosmic",
    title: "media-library could not be backed up",
    message: `The destination could not be reached: connection refused by nas.lan:22. This is the third failure in a row; the last good backup is from yesterday, 03:14.

<b>Job:</b> media-library
<b>Source:</b> /srv/media (directory)
<b>Destination:</b> nas.lan (SFTP)
<b>Attempts:</b> 3 in this run
<b>Started:</b> 20 November 2026, 03:09 CET

Backup Failed · Belfry`,
    html: "1",
    priority: "1",
    timestamp: "1795140604",
    url: "https://backup.example.org/runs/run_01",
    url_title: "Open the run",
  });
});

test.each([
  [{ tone: "failure" }, "high", undefined, 1],
  [{ tone: "failure" }, "emergency", undefined, 2],
  [{ tone: "failure" }, "low", undefined, -1],
  [{ tone: "warning" }, "emergency", undefined, 0],
  [{ tone: "success", status: undefined }, "high", undefined, 0],
  [{ tone: "info", status: undefined }, "lowest", undefined, -2],
  [{ tone: "failure" }, "high", "urgent", 2],
  [{ tone: "failure" }, "emergency", "normal", 0],
  [{ tone: "success", status: undefined }, "high", "lowest", -2],
  // A Test and what is over never ring on.
  [{ tone: "failure", isTest: true }, "emergency", undefined, 1],
  [{ tone: "success", status: "resolved" }, "emergency", "urgent", 1],
  [{ tone: "success", status: "resolved" }, "emergency", undefined, 0],
] as const)(
  "%o with %s for failures and %s of the custom text: priority %i",
  async (more, ofChannel, priority, expected) => {
    expect(await deliver(more, { priority: ofChannel }, { priority })).toMatchObject({ kind: "sent" });
    expect(last().priority).toBe(expected);
    expect("retry" in wire()).toBe(expected === 2);
  },
);

test("a custom sound replaces the channel's", async () => {
  await deliver({}, { sound: "bike" }, { sound: "siren" });
  expect(wire().sound).toBe("siren");
});

describe("fault B5: an emergency", () => {
  const loud = { priority: "emergency", retry: 120, expire: 7200 };

  test("has its problem's tag and a receipt; anything else has none", async () => {
    expect(await deliver({}, loud, { threadId: "alt_tag" })).toMatchObject({
      receipt: expect.stringMatching(/^\w{30}$/),
    });
    expect(wire()).toMatchObject({ priority: "2", retry: "120", expire: "7200", tags: "belfry-alt_tag" });
    expect(await deliver({}, { priority: "high" })).not.toHaveProperty("receipt");
  });
  test.each(["acknowledged", "resolved"] as const)(
    "is canceled by its tag, without a message, when its problem is %s; another problem's rings on",
    async (status) => {
      await deliver({}, loud, { threadId: "alt_nas" });
      const nas = last();
      await deliver({}, loud, { threadId: "alt_db" });
      const db = last();
      const update = { threadId: "alt_nas", isUpdate: true } as const;
      expect(await deliver({ status, tone: "info" }, loud, update)).toMatchObject({ kind: "sent" });
      expect(trial.server.requests.at(-1)?.path).toBe("/1/receipts/cancel_by_tag/belfry-alt_nas.json");
      expect([...(trial.server.requests.at(-1)?.form.keys() ?? [])]).toEqual(["token"]);
      expect([nas.isRinging, db.isRinging]).toEqual([false, true]);
      expect(last()).toBe(db);
    },
  );
  test("a cancellation that fails for now is tried again; a tag that is unknown rings nowhere", async () => {
    const update = { isUpdate: true } as const;
    trial.server.failWith({ status: 503, body: "", times: 1 });
    expect(await deliver(RECOVERED, loud, update)).toMatchObject({ kind: "retry", status: 503, afterMs: 5_000 });
    trial.server.failWith({ ...pushoverError(404, "tag not found"), times: 1 });
    expect(await deliver(RECOVERED, loud, update)).toMatchObject({ kind: "sent", status: 404 });
    trial.server.failWith({ ...pushoverError(400, "application token is invalid"), times: 1 });
    expect(await deliver(RECOVERED, loud, update)).toMatchObject({ kind: "rejected" });
  });
});

describe("pain 33: names have no effect as markup", () => {
  test.each(Object.entries(HOSTILE_NAMES))("Pushover takes %s everywhere", async (_, name) => {
    const fields = Array.from({ length: 30 }, () => ({ label: name, value: name }));
    const own = { title: "{{job.name}}", message: "{{job.name}} {{job.name}}", values: { job: { name } } };
    const more = { title: name, message: name, fields, typeName: name || "Name" };
    for (const context of [
      { log: name, installation: { name: name || "Belfry", url: null } },
      { own, threadId: name || "x" },
    ])
      expect(await deliver(more, { priority: "emergency" }, context)).toMatchObject({ kind: "sent", status: 200 });
  });
  test("what looks like HTML is shown", async () => {
    await deliver({ title: "<b>&amp;", message: "<b>&amp;" });
    expect(last()).toMatchObject({ title: "<b>&amp;", message: expect.stringMatching(/^&lt;b&gt;&amp;amp;\n/) });
  });
});

describe("pain 34: nothing is too long for Pushover", () => {
  const footer = measure("\n\nBackup Failed · Belfry", "codepoints");
  const bare = { title: "t", fields: [], times: [], link: undefined };
  test.each(Object.entries({ ascii: "a", emoji: "🙂", combining: "e\u0301", markup: "<" }))(
    "a message of as many %s as fit",
    async (_, piece) => {
      const size = piece === "<" ? 4 : measure(piece, "codepoints");
      for (const more of [-1, 0, 1]) {
        const message = piece.repeat(Math.floor((1024 - footer) / size) + more);
        expect(await deliver({ ...bare, message })).toMatchObject({ kind: "sent", status: 200 });
        expect(last().message.includes("…")).toBe(more > 0);
        expect(last().message).toMatch(/Backup Failed · Belfry$/);
      }
    },
  );
  test.each([249, 250, 251])("a title of %i signs", async (count) => {
    for (const piece of ["a", "🙂"]) {
      expect(await deliver({ title: piece.repeat(count) })).toMatchObject({ kind: "sent" });
      expect(measure(last().title, "codepoints")).toBe(Math.min(250, count));
    }
  });
  test.each([511, 512, 513])("an address of %i signs is kept, in its place or in the text", async (length) => {
    const url = "https://x.example/".padEnd(length, "a");
    expect(await deliver({ link: { label: "L".repeat(101), url } })).toMatchObject({ kind: "sent" });
    if (length <= 512) expect(wire()).toMatchObject({ url, url_title: `${"L".repeat(99)}…` });
    else expect(last().message).toContain(`\n\n${url}\n\n`);
  });
  test("both ends of a log stay, and what had no room is counted", async () => {
    const fields = Array.from({ length: 60 }, (_, i) => ({ label: `F${i}`, value: "v".repeat(90) }));
    await deliver({ fields }, {}, { log: `first line\n${"x".repeat(100_000)}\nlast line` });
    expect(last().message).toMatch(/first line[\s\S]*last line\n\nBackup Failed · Belfry · \d+ more not shown$/);
  });
});

test("a custom text: its markup counts, its values are escaped, the facts follow", async () => {
  const own = { title: "{{job.name}}", message: "<b>{{job.name}}</b> failed", values: { job: { name: "a<b" } } };
  await deliver({}, {}, { own });
  expect(last()).toMatchObject({
    title: "a<b",
    message: expect.stringMatching(/^<b>a&lt;b<\/b> failed\n\n.*Job.*media-library.*\n\nBackup Failed · Belfry$/s),
  });
});

describe("answers", () => {
  test.each([
    [{ userKey: "uWrongWrongWrongWrongWrongWro1" }, /user identifier is not a valid user/, /user key/],
    [{ appToken: "aWrongWrongWrongWrongWrongWro1" }, /application token is invalid/, /app token/],
    [{ device: "watch" }, /device name is not valid/, /no such device/],
    [{ sound: "foghorn" }, /not a valid sound/, /no such sound/],
  ])("%o is refused in Pushover's words", async (extra, words, advice) => {
    const outcome = await deliver({}, extra);
    expect(outcome).toMatchObject({
      kind: "rejected",
      status: 400,
      reason: expect.stringMatching(words),
      advice: expect.stringMatching(advice),
    });
  });
  test("a no that comes with 200 is a no", async () => {
    trial.server.failWith({ ...pushoverError(200, "user identifier is not a valid user"), times: 1 });
    expect(await deliver()).toMatchObject({ kind: "rejected", reason: expect.stringMatching(/not a valid user/) });
  });
  test("pain 07: the month's quota pauses until Pushover counts anew, a day at most", async () => {
    const full = pushoverError(429, "application has exceeded current limit of 10000 messages", "token");
    const now = Date.UTC(2026, 10, 20, 2, 0, 0);
    const headers = (inMs: number) => ({
      date: new Date(now).toUTCString(),
      "x-limit-app-reset": String((now + inMs) / 1000),
    });
    trial.server.failWith({ ...full, headers: headers(7_200_000), times: 1 });
    expect(await deliver()).toMatchObject({
      kind: "retry",
      status: 429,
      afterMs: 7_200_000,
      advice: expect.stringMatching(/month/),
    });
    trial.server.failWith({ ...full, headers: headers(11 * 24 * 3_600_000), times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", afterMs: 24 * 3_600_000 });
    trial.server.failWith({ ...full, times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", afterMs: 3_600_000 });
  });
  test("a server error pauses 5 s, or as long as the answer says", async () => {
    trial.server.failWith({ status: 500, body: "", times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 500, afterMs: 5_000 });
    trial.server.failWith({ status: 503, body: "", headers: { "retry-after": "40" }, times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 503, afterMs: 40_000 });
  });
  test("a hang and a reset are retried", async () => {
    for (const failure of ["hang", "reset"] as const) {
      trial.server[failure]();
      expect(await deliver()).toMatchObject({ kind: "retry" });
      trial.server.recover();
    }
  });
});

test("neither what is logged nor what is shown holds a key", () => {
  const config = configOf();
  for (const context of [{}, { isUpdate: true } as const]) {
    const payload = pushover.render(sampleNotification(RECOVERED), config, sampleContext(context));
    const shown = JSON.stringify([payload, pushover.preview(payload, config)]);
    for (const secret of [PUSHOVER_TOKEN, PUSHOVER_USER]) expect(shown).not.toContain(secret);
  }
});

describe("the form", () => {
  test.each([
    [
      `https://api.pushover.net/1/messages.json?token=${PUSHOVER_TOKEN}&user=${PUSHOVER_USER}&message=x`,
      { appToken: PUSHOVER_TOKEN, userKey: PUSHOVER_USER },
    ],
    ["https://api.pushover.net/1/messages.json", null],
    [`https://example.org/1/messages.json?token=${PUSHOVER_TOKEN}`, null],
    ["pushover", null],
  ])("recognises %s", (url, values) => expect(pushover.fromUrl(url)).toEqual(values));
  test.each([
    ["userKey", "short", false],
    ["appToken", "", false],
    ["device", "my phone", false],
    ["device", "phone,tablet", true],
    ["priority", "loud", false],
    ["retry", 29, false],
    ["retry", 30, true],
    ["expire", 10_800, true],
    ["expire", 10_801, false],
    ["sound", "siren", true],
    ["sound", "a b", false],
  ])("%s takes %s: %s", (name, value, isTaken) => {
    const input = { userKey: PUSHOVER_USER, appToken: PUSHOVER_TOKEN, [name]: value };
    expect(pushover.configSchema.safeParse(input).success).toBe(isTaken);
  });
});
