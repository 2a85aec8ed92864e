import { beforeEach, describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { ROCKETCHAT_USER, startRocketChatServer } from "@/e2e/support/services/rocketchat";
import type { RenderContext, SendResult } from "../contract";
import { escapeRocketChatMarkdown, rocketchat } from "./rocketchat";

const trial = startTrial(startRocketChatServer);

beforeEach(() => {
  trial.server.limitRate(false);
  trial.server.setIntegration("open");
  trial.server.breakPosting(null);
  trial.server.requireSecondFactor(false);
  trial.server.requests.length = 0;
});

type Facts = Parameters<typeof sampleNotification>[0];
const byHook = () => ({ webhookUrl: trial.server.webhookUrl, channel: "#backups" });
const byUser = () => ({ serverUrl: `${trial.server.url}/`, ...ROCKETCHAT_USER, channel: "#backups" });
function deliver(more: Facts = {}, extra: Partial<RenderContext> = {}, way: object = byHook()): Promise<SendResult> {
  const config = rocketchat.parse(way);
  return trial.deliver(rocketchat, config, more, extra);
}
function partsOf(more: Facts, extra: Partial<RenderContext> = {}) {
  const config = rocketchat.parse(rocketchat.example);
  return rocketchat.parts(rocketchat.render(sampleNotification(more), config, sampleContext(extra)));
}
function last() {
  const message = trial.server.messages.at(-1);
  const one = message?.attachments[0];
  if (!message || !one) throw new Error("nothing arrived");
  return { ...message, one };
}
const paths = () =>
  trial.server.requests.map(({ path, status }) => `${path.replace(/^\/hooks\/.*/, "/hooks")} ${status}`);

test("by webhook: the title, and an attachment with message, fields, link and the tone's colour", async () => {
  expect(await deliver()).toMatchObject({ kind: "sent", status: 200 });
  expect(last()).toMatchObject({ by: "hook", channel: "#backups", text: "media-library could not be backed up" });
  expect(last().one).toMatchObject({
    color: "#ef4444",
    author_name: "Backup Failed · Belfry",
    title: "Open the run",
    title_link: "https://backup.example.org/runs/run_01",
    text: expect.stringMatching(/^The destination could not be reached/),
  });
  expect(last().one.fields).toContainEqual({ title: "Destination", value: "nas.lan (SFTP)", short: true });
  expect(last().one.fields).toContainEqual({ title: "Started", value: "20 November 2026, 03:09 CET", short: true });
});

test("without a channel the webhook's own one counts", async () => {
  trial.server.setIntegration("ownChannelOnly");
  expect(await deliver({}, {}, { webhookUrl: trial.server.webhookUrl, channel: "" })).toMatchObject({ kind: "sent" });
  expect(last().channel).toBe("#general");
});

describe("as a user", () => {
  test("signs in, posts, signs out: no session is left behind", async () => {
    expect(await deliver({}, {}, byUser())).toMatchObject({
      kind: "sent",
      receipt: `m${trial.server.messages.length}`,
    });
    expect(last()).toMatchObject({ by: "user", channel: "#backups", text: "media-library could not be backed up" });
    expect(paths()).toEqual(["/api/v1/login 200", "/api/v1/chat.postMessage 200", "/api/v1/logout 200"]);
    expect(trial.server.tokens.size).toBe(0);
  });
  test("signs out also when the message is refused", async () => {
    trial.server.breakPosting("error-message-size-exceeded");
    expect(await deliver({}, {}, byUser())).toMatchObject({
      kind: "rejected",
      reason: "400 Bad Request: error-message-size-exceeded",
      advice: expect.stringMatching(/shorter messages/),
    });
    expect(trial.server.tokens.size).toBe(0);
  });
  test("a wrong password is refused, and nothing else is asked", async () => {
    expect(await deliver({}, {}, { ...byUser(), password: "wrong" })).toMatchObject({
      kind: "rejected",
      status: 401,
      advice: expect.stringMatching(/does not accept this user and password/),
    });
    expect(paths()).toEqual(["/api/v1/login 401"]);
  });
  test("two-factor sign-in cannot be answered", async () => {
    trial.server.requireSecondFactor(true);
    const outcome = await deliver({}, {}, byUser());
    expect(outcome).toMatchObject({ kind: "rejected", status: 401, advice: expect.stringMatching(/two-factor/) });
  });
  test("a channel that does not exist", async () => {
    expect(await deliver({}, {}, { ...byUser(), channel: "#nowhere" })).toMatchObject({
      kind: "rejected",
      reason: "400 Bad Request: invalid-channel",
      advice: expect.stringMatching(/does not find the channel/),
    });
  });
  test("another program that lets everybody in is not Rocket.Chat", async () => {
    trial.server.failWith({ status: 200, body: { ok: true }, times: 1 });
    expect(await deliver({}, {}, byUser())).toMatchObject({
      kind: "rejected",
      reason: expect.stringMatching(/answers with a token of the user/),
    });
  });
});

describe("answers", () => {
  test("a webhook that is not known is gone, with the server's words and what to do", async () => {
    const webhookUrl = trial.server.webhookUrl.replace(/.$/, "x");
    expect(await deliver({}, {}, { webhookUrl })).toMatchObject({
      kind: "gone",
      status: 404,
      reason: "404 Not Found: Invalid integration id or token provided.",
      advice: expect.stringMatching(/Copy it again/),
    });
  });
  test("a webhook of newer servers says the same with another status", async () => {
    const body = { success: false, error: "Invalid integration id or token provided." };
    trial.server.failWith({ status: 401, body, times: 1 });
    expect(await deliver()).toMatchObject({ kind: "gone", status: 401 });
  });
  test("an integration that is switched off may come back", async () => {
    trial.server.setIntegration("disabled");
    expect(await deliver()).toMatchObject({
      kind: "retry",
      status: 503,
      advice: expect.stringMatching(/disabled/),
    });
  });
  test("another channel than the webhook's own must be allowed", async () => {
    trial.server.setIntegration("ownChannelOnly");
    expect(await deliver()).toMatchObject({ kind: "rejected", advice: expect.stringMatching(/Leave Channel empty/) });
  });
  test("200 with success: false is no success", async () => {
    const says = async (body: unknown) => {
      trial.server.failWith({ status: 200, body, times: 1 });
      return deliver();
    };
    expect(await says({ success: false, error: "room_is_readonly" })).toMatchObject({
      kind: "rejected",
      reason: "Rocket.Chat refused the message: room_is_readonly",
      advice: expect.stringMatching(/read-only/),
    });
    expect(await says({ success: false, error: "Too many requests. You must wait 7 seconds" })).toMatchObject({
      kind: "retry",
      afterMs: 7_000,
    });
  });
  test("pain 07: the eleventh call in a minute is a pause of as long as the server says in its sentence", async () => {
    trial.server.limitRate(true);
    const outcomes: SendResult[] = [];
    for (let i = 0; i < 11; i++) outcomes.push(await deliver());
    expect(outcomes.filter(({ kind }) => kind === "sent")).toHaveLength(10);
    expect(outcomes[10]).toMatchObject({
      kind: "retry",
      status: 429,
      afterMs: 42_000,
      advice: expect.stringMatching(/10 requests/),
    });
  });
  test("a limit without that sentence makes no pause of a day out of milliseconds", async () => {
    trial.server.failWith({
      status: 429,
      body: { success: false },
      headers: { "x-ratelimit-reset": "1795140646000" },
      times: 1,
    });
    const outcome = await deliver();
    expect(outcome.kind).toBe("retry");
    expect(outcome).not.toHaveProperty("afterMs");
  });
  test.each([
    ["the webhook", byHook],
    ["the server", byUser],
  ])("no answer of %s and a broken connection are retried", async (_, way) => {
    trial.server.hang();
    expect(await deliver({}, {}, way())).toMatchObject({ kind: "retry", reason: expect.stringMatching(/No answer/) });
    trial.server.recover();
    trial.server.reset();
    expect(await deliver({}, {}, way())).toMatchObject({
      kind: "retry",
      reason: expect.stringMatching(/closed the connection/),
    });
  });
});

describe("pain 33: names have no effect as markup", () => {
  test("markdown, mentions, links and spoilers are shown, not obeyed; addresses stay whole", () => {
    expect(escapeRocketChatMarkdown("*b* _i_ `c` ~s~ #room")).toBe("\\*b\\* \\_i\\_ \\`c\\` \\~s\\~ \\#room");
    expect(escapeRocketChatMarkdown("@all [a](http://x) <http://x|y> ||s||")).toBe(
      "@\u200ball [a]\u200b(http://x) <\u200bhttp://x|y> |\u200b|s|\u200b|",
    );
    expect(escapeRocketChatMarkdown("> q\n- l\n1. n")).toBe("\u200b> q\n\u200b- l\n1\\. n");
    expect(escapeRocketChatMarkdown("see https://x.example/a_b#c")).toBe("see https://x.example/a_b#c");
  });
  test.each(Object.entries(HOSTILE_NAMES))("Rocket.Chat takes %s everywhere", async (_, name) => {
    const own = { title: "{{job.name}}", message: "{{job.name}} {{job.name}}", values: { job: { name } } };
    const fields = [{ label: name, value: name }];
    const more = { title: name, message: name, fields, typeName: name || "Name" };
    for (const extra of [{ log: name, installation: { name: name || "Belfry", url: null } }, { own }]) {
      expect(await deliver(more, extra)).toMatchObject({ kind: "sent", status: 200 });
    }
  });
  test("a custom text: its markup counts, its values are escaped", async () => {
    const own = { title: "*{{job.name}}*", message: "@all _{{job.name}}_", values: { job: { name: "a*b" } } };
    await deliver({}, { own });
    expect(last().text).toBe("*a\\*b*");
    expect(last().one.text).toBe("@all _a\\*b_");
  });
  test("a log stands in a code block that it cannot leave", async () => {
    await deliver({ message: "m" }, { log: "one\n```\n*x*" });
    expect(last().one.text).toBe("m\n```\none\n`\u200b`\u200b`\n*x*\n```");
  });
});

describe("pain 34: nothing is too long for Rocket.Chat", () => {
  const pieces = { ascii: "a", sign: "*", emoji: "🙂", family: "👨‍👩‍👧‍👦", combining: "e\u0301" };
  test.each(Object.entries(pieces))("100 kB of %s everywhere", async (_, piece) => {
    const long = piece.repeat(Math.ceil(100_000 / piece.length));
    const fields = Array.from({ length: 40 }, (_, i) => ({ label: `${i} ${long}`, value: long }));
    const extra = { log: `first\n${long}\nlast`, installation: { name: long, url: null } };
    expect(await deliver({ title: long, message: long, fields }, extra)).toMatchObject({ kind: "sent" });
    expect(last().one.title_link).toBe("https://backup.example.org/runs/run_01");
    expect(last().one.text).toMatch(/…\n```\nfirst\n.*\nlast\n```$/s);
    expect(last().one.text?.length).toBeGreaterThan(3_500);
  });

  test.each(["a", "🙂", "e\u0301"])("at every edge in %s", (piece) => {
    const { title, text, fieldName, fieldValue, footer } = rocketchat.limits;
    const filled = (max = 0, over = 0) => piece.repeat(Math.floor(max / [...piece].length) + over);
    const units = (max = 0, over = 0) => piece.repeat(Math.floor(max / piece.length) + over);
    for (const over of [-1, 0]) {
      const fact = { label: filled(fieldName?.max, over), value: filled(fieldValue?.max, over) };
      expect(partsOf({ title: filled(title?.max, over) }).title).toEqual([filled(title?.max, over)]);
      expect(partsOf({ message: units(text?.max, over) }).text).toEqual([units(text?.max, over)]);
      expect(partsOf({ fields: [fact] }).fieldName?.[0]).toBe(fact.label);
      expect(partsOf({ fields: [fact] }).fieldValue?.[0]).toBe(fact.value);
    }
    const fact = { label: filled(fieldName?.max, 1), value: filled(fieldValue?.max, 1) };
    for (const [cut] of [
      partsOf({ title: filled(title?.max, 1) }).title ?? [],
      partsOf({ message: units(text?.max, 1) }).text ?? [],
      partsOf({ fields: [fact] }).fieldName ?? [],
      partsOf({ fields: [fact] }).fieldValue ?? [],
      partsOf({}, { installation: { name: filled(footer?.max, 1), url: null } }).footer ?? [],
    ]) {
      expect(cut).toMatch(/…$/);
    }
  });
  test("fields that had no room are counted", async () => {
    await deliver({ fields: Array.from({ length: 33 }, (_, i) => ({ label: `F${i}`, value: "x" })), times: [] });
    expect(last().one.fields).toHaveLength(30);
    expect(last().one.author_name).toBe("Backup Failed · Belfry · 3 more not shown");
  });
});

test("a preview and a payload hold no secret", () => {
  for (const way of [rocketchat.example, byUser()]) {
    const config = rocketchat.parse(way);
    const payload = rocketchat.render(sampleNotification(), config, sampleContext());
    const view = JSON.stringify([payload, rocketchat.preview(payload, config)]);
    expect(view).not.toContain("exampleTokenOf");
    expect(view).not.toContain(ROCKETCHAT_USER.password);
  }
});

describe("the form", () => {
  const URL_OF =
    "https://chat.example.org/hooks/65a1b2c3d4e5f6a7b8c9d0e1/abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKL";
  const USER = { serverUrl: "https://chat.example.org/team", user: "belfry", password: "p", channel: "#backups" };
  const problem = (config: object) => {
    const issue = rocketchat.configSchema.safeParse(config).error?.issues[0];
    return issue && `${issue.path.join(".")}: ${issue.message}`;
  };
  test.each([
    [{ webhookUrl: URL_OF }],
    [{ webhookUrl: URL_OF, serverUrl: "", user: "", password: "", channel: "#other" }],
    [{ webhookUrl: "http://chat.lan:3000/hooks/abc/def" }],
    [USER],
    [{ ...USER, webhookUrl: "", serverUrl: "http://127.0.0.1:3000" }],
  ])("takes %o", (config) => expect(problem(config)).toBeUndefined());
  test.each([
    [{}, /webhookUrl: Enter a webhook URL, or a server/],
    [{ ...USER, webhookUrl: URL_OF }, /webhookUrl: Use either/],
    [{ ...USER, serverUrl: "" }, /serverUrl: Enter the server/],
    [{ ...USER, user: "" }, /user: Enter the user/],
    [{ ...USER, password: "" }, /password: Enter/],
    [{ ...USER, channel: "" }, /channel: Enter the channel/],
    [{ webhookUrl: "chat.example.org/hooks/a/b" }, /webhookUrl: Enter the complete/],
    [{ webhookUrl: "https://chat.example.org/hooks/a" }, /ends in/],
    [{ webhookUrl: "http://chat.example.org/hooks/a/b" }, /Use https/],
    [{ ...USER, serverUrl: URL_OF }, /serverUrl: Enter the server's address only/],
    [{ ...USER, serverUrl: "http://chat.example.org" }, /Use https/],
  ])("refuses %o", (config, words) => expect(problem(config)).toMatch(words));
  test("knows what people paste", () => {
    expect(rocketchat.fromUrl(URL_OF)).toEqual({ webhookUrl: URL_OF });
    for (const other of ["https://chat.example.org/hooks/abcdefghijklmnopqrstuvwx12", "https://chat.example.org", "x"])
      expect(rocketchat.fromUrl(other)).toBeNull();
  });
});
