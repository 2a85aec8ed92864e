import { describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { NTFY_PASSWORD, NTFY_TOKEN, ntfyError, startNtfy } from "@/e2e/support/services/ntfy";
import type { RenderContext, SendResult } from "./contract";
import { measure } from "./kit/text";
import { ntfy } from "./ntfy";

const trial = startTrial(startNtfy);

const configOf = (extra: Record<string, unknown> = {}) =>
  ntfy.parse({ serverUrl: trial.server.url, topic: "backups", accessToken: NTFY_TOKEN, ...extra });
const deliver = (
  more: Parameters<typeof sampleNotification>[0] = {},
  extra: Record<string, unknown> = {},
  context: Partial<RenderContext> = {},
): Promise<SendResult> => {
  const config = configOf(extra);
  return trial.deliver(ntfy, config, more, context);
};
const last = () => {
  const message = trial.server.messages.at(-1);
  if (!message) throw new Error("nothing arrived");
  return message;
};

test("one JSON request to the root, with everything in the body", async () => {
  expect(await deliver()).toMatchObject({ kind: "sent", status: 200 });
  const request = trial.server.requests.at(-1);
  expect(request).toMatchObject({ method: "POST", path: "/", headers: { authorization: `Bearer ${NTFY_TOKEN}` } });
  expect(request?.json).toEqual({
    topic: "backups",
    sequence_id: "dlv_01",
    title: "media-library could not be backed up",
    message: `The destination could not be reached: connection refused by nas.lan:22. This is the third failure in a row; the last good backup is from yesterday, 03:14.

- **Job:** media-library
- **Source:** /srv/media (directory)
- **Destination:** nas.lan (SFTP)
- **Attempts:** 3 in this run
- **Started:** 20 November 2026, 03:09 CET

Backup Failed · Belfry`,
    markdown: true,
    priority: 5,
    tags: ["rotating_light"],
    click: "https://backup.example.org/runs/run_01",
    actions: [{ action: "view", label: "Open the run", url: "https://backup.example.org/runs/run_01" }],
  });
});

test("user and password in place of a token, or nothing for open topics", async () => {
  const account = { accessToken: "", user: "backups", password: NTFY_PASSWORD };
  expect(await deliver({}, account)).toMatchObject({ kind: "sent" });
  expect(await deliver({}, { ...account, password: "wrong-password" })).toMatchObject({
    kind: "rejected",
    status: 401,
  });
  await deliver({}, { accessToken: "" });
  expect(trial.server.requests.at(-1)?.headers).not.toHaveProperty("authorization");
});

test.each([
  ["failure", 3, undefined, 5, "rotating_light"],
  ["warning", 3, undefined, 4, "warning"],
  ["warning", 5, undefined, 5, "warning"],
  ["success", 3, undefined, 3, "white_check_mark"],
  ["info", 2, undefined, 2, "information_source"],
  ["system", 3, undefined, 3, "gear"],
  ["failure", 3, "lowest", 1, "rotating_light"],
  ["success", 1, "urgent", 5, "white_check_mark"],
] as const)(
  "%s with %i of the channel and %s of the custom text: priority %i",
  async (tone, ofChannel, priority, expected, tag) => {
    await deliver({ tone }, { priority: ofChannel }, { priority });
    expect(last()).toMatchObject({ priority: expected, tags: [tag] });
  },
);

test("fault C2: tags and click address of the channel are on every message, and the button still opens Belfry", async () => {
  await deliver({}, { tags: ["night", "db"], clickUrl: "https://x.example/click" }, { tags: ["db"] });
  expect(trial.server.requests.at(-1)?.json).toMatchObject({
    tags: ["rotating_light", "db", "night"],
    click: "https://x.example/click",
    actions: [{ url: "https://backup.example.org/runs/run_01" }],
  });
});
test("custom tags come after the tone's, without commas, and at most 512 bytes of them", async () => {
  await deliver({}, {}, { tags: ["nas", "a,b", "", "nas", "x".repeat(600), "last"] });
  expect(last().tags).toEqual(["rotating_light", "nas", "a b", "last"]);
});

describe("fault B4: every notification makes a sound, and only a recovery replaces the one before it", () => {
  const nas = (deliveryId: string, previous?: RenderContext["previous"]) => ({
    threadId: "alt_nas",
    deliveryId,
    ...(previous ? { previous } : {}),
  });
  const RECOVERED = { status: "resolved", tone: "success", title: "Recovered: nas" } as const;

  test("repeated failures and reminders stand beside each other and are heard; the recovery takes the last one's place", async () => {
    const before = trial.server.shown().length;
    const first = await deliver({ title: "nas failed" }, {}, nas("dlv_1"));
    const again = await deliver({ title: "nas failed again" }, {}, nas("dlv_2", receipts(first, first)));
    const reminder = await deliver({ title: "nas still fails" }, {}, nas("dlv_3", receipts(first, again)));
    await deliver({ title: "db failed" }, {}, { threadId: "alt_db", deliveryId: "dlv_4" });
    expect(trial.server.messages.slice(-4).every(({ isHeard }) => isHeard)).toBe(true);
    await deliver(RECOVERED, {}, nas("dlv_5", receipts(first, reminder)));
    const shown = trial.server.shown().slice(before);
    expect(shown.map(({ title }) => title)).toEqual(["nas failed", "nas failed again", "Recovered: nas", "db failed"]);
  });
  test("a recovery of a problem that was never sent is heard", async () => {
    await deliver(RECOVERED, {}, nas("dlv_6"));
    expect(last()).toMatchObject({ sequenceId: "dlv_6", isHeard: true });
  });
  test("another attempt of the same notification replaces itself", async () => {
    const before = trial.server.shown().length;
    await deliver({ title: "twice" }, {}, nas("dlv_7"));
    await deliver({ title: "twice" }, {}, nas("dlv_7"));
    expect(trial.server.shown().length).toBe(before + 1);
  });
  test("a Test replaces nothing, and odd ids fit the server's rule", async () => {
    await deliver({ ...RECOVERED, isTest: true }, {}, nas("dlv_8", { first: "dlv_1", last: "dlv_3" }));
    expect(last().sequenceId).toBe("dlv_8");
    expect(await deliver({}, {}, { deliveryId: `a/b c:${"ü".repeat(100)}` })).toMatchObject({ kind: "sent" });
  });
});

function receipts(first: SendResult, last: SendResult): RenderContext["previous"] {
  const [one, other] = [first, last].map((result) => (result.kind === "sent" ? result.receipt : undefined));
  if (!one || !other) throw new Error("a message without a receipt");
  return { first: one, last: other };
}

describe("pain 33: names have no effect as markup", () => {
  test.each(Object.entries(HOSTILE_NAMES))("ntfy takes %s everywhere", async (_, name) => {
    const fields = Array.from({ length: 30 }, () => ({ label: name, value: name }));
    const own = { title: "{{job.name}}", message: "{{job.name}} {{job.name}}", values: { job: { name } } };
    const more = { title: name, message: name, fields, typeName: name || "Name" };
    for (const context of [
      { log: name, installation: { name: name || "Belfry", url: null } },
      { own, tags: [name] },
    ])
      expect(await deliver(more, {}, context)).toMatchObject({ kind: "sent", status: 200 });
  });
  test("markdown is shown, not obeyed; titles have none", async () => {
    await deliver({ title: "*a*", message: "*b* _c_ d_e\n# f\n1. g\n    h <i> [x](y)" });
    expect(last().title).toBe("*a*");
    expect(last().message).toContain("\\*b\\* \\_c\\_ d_e  \n\\# f  \n1\\. g  \n   h \\<i\\> \\[x\\](y)");
  });
  test("a log cannot leave its fence", async () => {
    await deliver({}, {}, { log: "one\n```\n**two**" });
    expect(last().message).toContain("```\none\n`\u200b`\u200b`\n**two**\n```");
  });
});

describe("pain 34: 4,096 bytes of message, 8,192 of JSON", () => {
  const pieces = {
    ascii: "a",
    emoji: "🙂",
    combining: "e\u0301",
    family: "👨‍👩‍👧‍👦",
    markup: "*",
    quotes: '"',
    backslash: "\\",
  };
  const footer = measure("\n\nBackup Failed · Belfry", "bytes");
  const bare = { title: "t", fields: [], times: [], link: undefined };

  test.each(Object.entries(pieces))("as much as fits in %s", async (_, piece) => {
    const size = measure(piece, "bytes") * (/[*\\]/.test(piece) ? 2 : 1);
    const isShortInJson = JSON.stringify(piece).length === piece.length + 2 && piece !== "*";
    for (const more of [-1, 0, 1]) {
      const message = piece.repeat(Math.floor((4096 - footer) / size) + more);
      expect(await deliver({ ...bare, message })).toMatchObject({ kind: "sent", status: 200 });
      if (isShortInJson) expect(last().message.includes("…")).toBe(more > 0);
    }
    expect(await deliver({ ...bare, message: piece.repeat(5000) })).toMatchObject({ kind: "sent", status: 200 });
    const { message } = last();
    expect(message).toMatch(/…\n\nBackup Failed · Belfry$/);
    expect(message.slice(0, message.indexOf("…")).replaceAll("\\", "").replaceAll(piece, "")).toBe("");
    if (isShortInJson) expect(measure(message, "bytes")).toBeGreaterThan(4096 - 60);
  });
  test("everything at its longest is one request that the server takes", async () => {
    const long = '"\\'.repeat(30_000);
    const fields = Array.from({ length: 60 }, (_, i) => ({ label: `${i}${long}`, value: long }));
    const link = { label: long, url: `https://x.example/${"a".repeat(2000)}` };
    const outcome = await deliver(
      { title: long, message: long, fields, link },
      {},
      { log: long, tags: ["t".repeat(500)] },
    );
    expect(outcome).toMatchObject({ kind: "sent", status: 200 });
    expect(last().click).toBe(link.url);
    expect(last().message).toMatch(/\d+ more not shown$/);
  });
  test("both ends of a log stay", async () => {
    await deliver({}, {}, { log: `first line\n${"x".repeat(100_000)}\nlast line` });
    expect(last().message).toMatch(/first line[\s\S]*last line\n```\n\nBackup Failed · Belfry$/);
  });
});

test("a custom text: its markup counts, its values are escaped, the facts follow", async () => {
  const own = { title: "{{job.name}}!", message: "**{{job.name}}** failed", values: { job: { name: "a*b" } } };
  await deliver({}, {}, { own });
  expect(last().title).toBe("a*b!");
  expect(last().message).toMatch(/^\*\*a\\\*b\*\* failed\n\n.*Job.*media-library.*\n\nBackup Failed · Belfry$/s);
});

describe("answers", () => {
  test("pain 07: without a hint the channel waits 5 s, with one as long as it says", async () => {
    const refusal = ntfyError(429, 42901, "limit reached: too many requests, please be nice");
    trial.server.failWith({ ...refusal, times: 1 });
    expect(await deliver()).toMatchObject({
      kind: "retry",
      status: 429,
      afterMs: 5_000,
      reason: "429 Too Many Requests: limit reached: too many requests, please be nice",
      advice: expect.stringMatching(/every 5 seconds/),
    });
    trial.server.failWith({ ...refusal, headers: { "retry-after": "9" }, times: 1 });
    expect(await deliver()).toMatchObject({ afterMs: 9_000 });
  });
  test("the day's quota is worth an hour's pause, and says so", async () => {
    trial.server.failWith({ ...ntfyError(429, 42908, "limit reached: daily message quota reached"), times: 1 });
    expect(await deliver()).toMatchObject({
      kind: "retry",
      afterMs: 3_600_000,
      advice: expect.stringMatching(/250 messages a day/),
    });
  });
  test.each([
    [{ accessToken: "tk_wrong" }, 401, /unauthorized/, /Create a token/],
    [{ accessToken: "" }, 403, /forbidden/, /protected/],
    [{ topic: "docs" }, 400, /disallowed/, /another name/],
  ])("%o is refused with %i", async (extra, status, words, advice) => {
    expect(await deliver({}, extra)).toMatchObject({
      kind: "rejected",
      status,
      reason: expect.stringMatching(words),
      advice: expect.stringMatching(advice),
    });
  });
  test("a UnifiedPush topic without its app is tried again, and named", async () => {
    trial.server.failWith({ ...ntfyError(507, 50701, "cannot publish to UnifiedPush topic"), times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 507, advice: expect.stringMatching(/UnifiedPush/) });
  });
  test("fault B14: a page that answers 200 is no success, and neither is another service's JSON", async () => {
    trial.server.failWith({ status: 200, body: "<!doctype html><title>Welcome</title>", times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 200, reason: expect.stringMatching(/web page/) });
    trial.server.failWith({ status: 200, body: { ok: true }, times: 1 });
    expect(await deliver()).toMatchObject({
      kind: "rejected",
      reason: expect.stringMatching(/the message it published/),
    });
  });
  test("a hang and a reset are retried", async () => {
    for (const failure of ["hang", "reset"] as const) {
      trial.server[failure]();
      expect(await deliver()).toMatchObject({ kind: "retry" });
      trial.server.recover();
    }
  });
});

test("neither what is logged nor what is shown holds a secret", () => {
  const config = configOf({ user: "backups", password: NTFY_PASSWORD });
  const payload = ntfy.render(sampleNotification(), config, sampleContext());
  const shown = JSON.stringify([payload, ntfy.preview(payload, config)]);
  for (const secret of [NTFY_TOKEN, NTFY_PASSWORD]) expect(shown).not.toContain(secret);
});

describe("the form", () => {
  test.each([
    ["https://ntfy.sh/backups-8f3", { serverUrl: "https://ntfy.sh", topic: "backups-8f3" }],
    ["https://ntfy.example.org:8443/night/", { serverUrl: "https://ntfy.example.org:8443", topic: "night" }],
    [
      "https://me:p%40ss@ntfy.example.org/night",
      { serverUrl: "https://ntfy.example.org", topic: "night", user: "me", password: "p@ss" },
    ],
    ["https://ntfy.sh/docs", null],
    ["https://ntfy.sh/", null],
    ["https://ntfy.sh/a/b", null],
    ["https://example.org/backups", null],
    ["ntfy://backups", null],
  ])("recognises %s", (url, values) => expect(ntfy.fromUrl(url)).toEqual(values));
  test.each([
    ["serverUrl", "http://ntfy.lan:8080/", true],
    ["serverUrl", "https://ntfy.sh/backups", false],
    ["serverUrl", "https://me:secret@ntfy.sh", false],
    ["serverUrl", "ntfy.sh", false],
    ["topic", "a b", false],
    ["topic", "x".repeat(65), false],
    ["priority", 0, false],
    ["priority", 5, true],
  ])("%s takes %s: %s", (name, value, isTaken) =>
    expect(ntfy.configSchema.safeParse({ topic: "backups", [name]: value }).success).toBe(isTaken),
  );
});
