import { describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { GOTIFY_PATH, GOTIFY_TOKEN, gotifyError, startGotify } from "@/e2e/support/services/gotify";
import { problemsBy } from "@/e2e/support/specifications/conforms";
import { ERROR, MESSAGE, MESSAGE_SENT } from "@/e2e/support/specifications/gotify";
import type { RenderContext, SendResult } from "./contract";
import { gotify } from "./gotify";
import { measure } from "./kit/text";

const trial = startTrial(startGotify);

const configOf = (extra: Record<string, unknown> = {}) =>
  gotify.parse({ serverUrl: trial.server.url + GOTIFY_PATH, appToken: GOTIFY_TOKEN, ...extra });
const deliver = (
  more: Parameters<typeof sampleNotification>[0] = {},
  extra: Record<string, unknown> = {},
  context: Partial<RenderContext> = {},
): Promise<SendResult> => {
  const config = configOf(extra);
  return trial.deliver(gotify, config, more, context);
};
const last = () => {
  const message = trial.server.messages.at(-1);
  if (!message) throw new Error("nothing arrived");
  return message;
};

test("one message in markdown, the token in a header and nowhere else", async () => {
  expect(await deliver()).toMatchObject({ kind: "sent", status: 200 });
  const request = trial.server.requests.at(-1);
  expect(request).toMatchObject({
    method: "POST",
    path: "/push/gotify/message",
    headers: { "x-gotify-key": GOTIFY_TOKEN },
  });
  expect([...(request?.query.keys() ?? [])]).toEqual([]);
  expect(request?.json).toEqual({
    title: "media-library could not be backed up",
    message: `The destination could not be reached: connection refused by nas.lan:22. This is the third failure in a row; the last good backup is from yesterday, 03:14.

- **Job:** media-library
- **Source:** /srv/media (directory)
- **Destination:** nas.lan (SFTP)
- **Attempts:** 3 in this run
- **Started:** 20 November 2026, 03:09 CET

[Open the run](https://backup.example.org/runs/run_01)

Backup Failed · Belfry`,
    priority: 8,
    extras: {
      "client::display": { contentType: "text/markdown" },
      "client::notification": { click: { url: "https://backup.example.org/runs/run_01" } },
    },
  });
});

test.each([
  [{ tone: "failure" }, 5, undefined, 8],
  [{ tone: "failure" }, 10, undefined, 10],
  [{ tone: "warning" }, 5, undefined, 6],
  [{ tone: "success" }, 5, undefined, 5],
  [{ tone: "info" }, 0, undefined, 0],
  [{ tone: "system" }, 7, undefined, 7],
  [{ tone: "failure", isTest: true }, 5, undefined, 1],
  [{ tone: "failure" }, 5, "lowest", 1],
  [{ tone: "failure" }, 5, "low", 3],
  [{ tone: "failure" }, 5, "normal", 5],
  [{ tone: "success" }, 5, "high", 8],
  [{ tone: "success" }, 5, "urgent", 10],
] as const)(
  "%o with %i of the channel and %s of the custom text: priority %i",
  async (more, ofChannel, priority, expected) => {
    await deliver(more, { priority: ofChannel }, { priority });
    expect(last().priority).toBe(expected);
  },
);

test("an address in the link cannot end it early; without a link there is no click", async () => {
  await deliver({ link: { label: "[Open]", url: "https://x.example/a_(b)?c=<d>" } });
  expect(last().message).toContain("[\\[Open\\]](https://x.example/a_%28b%29?c=%3Cd%3E)");
  expect(last().extras["client::notification"]).toEqual({ click: { url: "https://x.example/a_(b)?c=<d>" } });
  await deliver({ link: undefined });
  expect(last().extras).not.toHaveProperty("client::notification");
});

test("a recovery is a message of its own, and looks like one", async () => {
  await deliver({ status: "resolved", tone: "success", title: "Recovered: media-library" });
  expect(last()).toMatchObject({ title: "Recovered: media-library", priority: 5 });
});

describe("pain 33: names have no effect as markup", () => {
  test.each(Object.entries(HOSTILE_NAMES))("Gotify takes %s everywhere", async (_, name) => {
    const fields = Array.from({ length: 30 }, () => ({ label: name, value: name }));
    const own = { title: "{{job.name}}", message: "{{job.name}} {{job.name}}", values: { job: { name } } };
    const more = { title: name, message: name, fields, typeName: name || "Name" };
    for (const context of [{ log: name, installation: { name: name || "Belfry", url: null } }, { own }])
      expect(await deliver(more, {}, context)).toMatchObject({ kind: "sent", status: 200 });
  });
});

describe("pain 34: what is declared is held", () => {
  const footer = measure("\n\nBackup Failed · Belfry", "bytes");
  const bare = { title: "t", fields: [], times: [], link: undefined };
  test.each(Object.entries({ ascii: "a", emoji: "🙂", combining: "e\u0301", markup: "*" }))(
    "as much as fits in %s",
    async (_, piece) => {
      const sent = piece === "*" ? 2 : measure(piece, "bytes");
      const room = 32_768 - footer;
      for (const more of [-1, 0, 1]) {
        await deliver({ ...bare, message: piece.repeat(Math.floor(room / sent) + more) });
        expect(last().message.includes("…")).toBe(more > 0);
      }
      await deliver({ ...bare, message: piece.repeat(40_000) });
      expect(measure(last().message, "bytes")).toBeLessThanOrEqual(32_768);
      expect(measure(last().message, "bytes")).toBeGreaterThan(32_768 - 60);
      expect(last().message).toMatch(/…\n\nBackup Failed · Belfry$/);
    },
  );
  test.each([249, 250, 251])("a title of %i signs", async (count) => {
    for (const piece of ["a", "🙂"]) {
      await deliver({ title: piece.repeat(count) });
      expect(measure(last().title, "codepoints")).toBe(Math.min(250, count));
      expect(last().title.endsWith("…")).toBe(count > 250);
    }
  });
  test("both ends of a log stay, with the link and the count of what had no room", async () => {
    const fields = Array.from({ length: 60 }, (_, i) => ({ label: `F${i}`, value: "v" }));
    await deliver({ fields }, {}, { log: `first line\n${"x".repeat(100_000)}\nlast line` });
    expect(last().message).toMatch(
      /first line[\s\S]*last line\n```\n\n\[Open the run\]\(.*\)\n\nBackup Failed · Belfry · 21 more not shown$/,
    );
  });
});

test("a custom text: its markup counts, its values are escaped, the facts follow", async () => {
  const own = { title: "{{job.name}}", message: "**{{job.name}}** failed", values: { job: { name: "a*b" } } };
  await deliver({}, {}, { own });
  expect(last().title).toBe("a*b");
  expect(last().message).toMatch(/^\*\*a\\\*b\*\* failed\n\n.*Job.*media-library/s);
});

describe("answers", () => {
  test.each([
    [{ appToken: "AWrong.Token-99" }, 401, /^401 Unauthorized: you need to provide a valid access token/, /the eye/],
    [{ appToken: "CClient.Token-1" }, 403, /^403 Forbidden: you are not allowed/, /not that of a client/],
  ])("%o is refused with %i in Gotify's words", async (extra, status, words, advice) => {
    const outcome = await deliver({}, extra);
    expect(outcome).toMatchObject({
      kind: "rejected",
      status,
      reason: expect.stringMatching(words),
      advice: expect.stringMatching(advice),
    });
    expect(JSON.stringify(outcome)).not.toContain(extra.appToken);
  });
  test("a path that Gotify itself does not know is refused", async () => {
    expect(await deliver({}, { serverUrl: trial.server.url })).toMatchObject({ kind: "rejected", status: 404 });
  });
  test("fault B14: a page that answers 200 is no success, and the address is named", async () => {
    trial.server.failWith({ status: 200, body: "<html><title>Gotify</title></html>", times: 1 });
    expect(await deliver()).toMatchObject({
      kind: "retry",
      status: 200,
      reason: expect.stringMatching(/web page/),
      advice: expect.stringMatching(/including its path/),
    });
  });
  test("pain 07: Gotify throttles nobody, a proxy before it may", async () => {
    trial.server.failWith({ status: 429, body: "Too Many Requests", headers: { "retry-after": "12" }, times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 429, afterMs: 12_000 });
  });
  test("server errors, a hang and a reset are retried", async () => {
    trial.server.failWith({ ...gotifyError(500, "Internal Server Error", "database is locked"), times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", reason: "500 Internal Server Error: database is locked" });
    for (const failure of ["hang", "reset"] as const) {
      trial.server[failure]();
      expect(await deliver()).toMatchObject({ kind: "retry" });
      trial.server.recover();
    }
  });
});

test("neither what is logged nor what is shown holds the token", () => {
  const config = configOf();
  const payload = gotify.render(sampleNotification(), config, sampleContext());
  expect(JSON.stringify([payload, gotify.preview(payload, config)])).not.toContain(GOTIFY_TOKEN);
});

describe("the form", () => {
  test.each([
    [
      `https://push.example.org/message?token=${GOTIFY_TOKEN}`,
      { serverUrl: "https://push.example.org", appToken: GOTIFY_TOKEN },
    ],
    [
      `https://example.org:8443/push/gotify/message?token=${GOTIFY_TOKEN}`,
      { serverUrl: "https://example.org:8443/push/gotify", appToken: GOTIFY_TOKEN },
    ],
    ["https://push.example.org/message?token=CClient.Token-1", null],
    ["https://push.example.org/message", null],
    [`https://push.example.org/messages?token=${GOTIFY_TOKEN}`, null],
    ["gotify", null],
  ])("recognises %s", (url, values) => expect(gotify.fromUrl(url)).toEqual(values));
  test.each([
    ["serverUrl", "http://nas.lan:8080/gotify/", true],
    ["serverUrl", "https://push.example.org/message", false],
    ["serverUrl", `https://push.example.org/?token=${GOTIFY_TOKEN}`, false],
    ["serverUrl", "push.example.org", false],
    ["serverUrl", "", false],
    ["appToken", " ", false],
    ["priority", 0, true],
    ["priority", 11, false],
  ])("%s takes “%s”: %s", (name, value, isTaken) => {
    const input = { serverUrl: "https://push.example.org", appToken: GOTIFY_TOKEN, [name]: value };
    expect(gotify.configSchema.safeParse(input).success).toBe(isTaken);
  });
});

describe("Gotify's own specification", () => {
  test.each(Object.entries(HOSTILE_NAMES))("allows every message that is sent, with %s", async (_, name) => {
    const before = trial.server.requests.length;
    const fields = Array.from({ length: 30 }, () => ({ label: name, value: name }));
    for (const more of [{}, { status: "resolved" }, { isTest: true }, { link: undefined }] as const)
      await deliver({ title: name, message: name, fields, ...more }, {}, { priority: "urgent", log: name });
    const sent = trial.server.requests.slice(before);
    expect(sent).toHaveLength(4);
    for (const { json } of sent) expect(problemsBy(MESSAGE_SENT, json)).toEqual([]);
  });
  test("is kept by the answers of these tests as well, and a wrong extra is found", async () => {
    await deliver();
    await deliver({}, { appToken: "AWrong.Token-01" });
    for (const { status, answer } of trial.server.requests.slice(-2))
      expect(problemsBy(status === 200 ? MESSAGE : ERROR, JSON.parse(answer))).toEqual([]);
    expect(problemsBy(MESSAGE_SENT, { message: "m", extras: { "client::display": "text/markdown" } })).toHaveLength(1);
  });
});
