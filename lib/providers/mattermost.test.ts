import { beforeEach, describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { startMattermostServer } from "@/e2e/support/services/mattermost";
import type { RenderContext, SendResult } from "./contract";
import { escapeMattermostMarkdown, mattermost } from "./mattermost";

const trial = startTrial(startMattermostServer);

beforeEach(() => {
  trial.server.limitRate(false);
  trial.server.break(null);
});

type Facts = Parameters<typeof sampleNotification>[0];
function deliver(more: Facts = {}, extra: Partial<RenderContext> = {}, fields: object = {}): Promise<SendResult> {
  const config = mattermost.parse({ webhookUrl: trial.server.webhookUrl, ...fields });
  return trial.deliver(mattermost, config, more, extra);
}
function partsOf(more: Facts, extra: Partial<RenderContext> = {}) {
  const config = mattermost.parse(mattermost.example);
  return mattermost.parts(mattermost.render(sampleNotification(more), config, sampleContext(extra)));
}
function last() {
  const post = trial.server.posts.at(-1);
  const one = post?.attachments[0];
  if (!post || !one) throw new Error("nothing arrived");
  return { ...post, one };
}

test("one attachment: title with its link, text, fields, footer, the tone's colour", async () => {
  const fields = { channel: "backups", username: "Backups", iconUrl: "https://x.example/i.png" };
  expect(await deliver({}, {}, fields)).toEqual({ kind: "sent", status: 200, answer: "ok" });
  expect(last()).toMatchObject({ channel: "backups", username: "Backups", icon_url: "https://x.example/i.png" });
  expect(last().one).toMatchObject({
    fallback: "media-library could not be backed up",
    color: "#ef4444",
    title: "media-library could not be backed up",
    title_link: "https://backup.example.org/runs/run_01",
    text: expect.stringMatching(/^The destination could not be reached/),
    footer: "Backup Failed · Belfry",
  });
  expect(last().one.fields).toContainEqual({ title: "Destination", value: "nas.lan (SFTP)", short: true });
  expect(last().one.fields).toContainEqual({ title: "Started", value: "20 November 2026, 03:09 CET", short: true });
});

test("what is left empty is not sent: the webhook's own channel, name and icon count", async () => {
  await deliver({}, {}, { channel: "", username: "", iconUrl: "" });
  expect(Object.keys(JSON.parse(trial.server.requests.at(-1)?.body ?? "{}"))).toEqual(["attachments"]);
});

describe("pain 33: names have no effect as markup", () => {
  test("markdown and mentions are shown literally; addresses stay whole", () => {
    expect(escapeMattermostMarkdown("**b** _i_ `c` ~s~ [a](b) | > \\")).toBe(
      "\\*\\*b\\*\\* \\_i\\_ \\`c\\` \\~s\\~ \\[a\\](b) \\| \\> \\\\",
    );
    expect(escapeMattermostMarkdown("# h\n- l\n1. n")).toBe("\\# h\n\\- l\n1\\. n");
    expect(escapeMattermostMarkdown("see https://x.example/a_b?c=d")).toBe("see https://x.example/a_b?c=d");
    expect(escapeMattermostMarkdown("@all -@here a@b.example https://x.example/@all <!channel>")).toBe(
      "@\u200ball -@\u200bhere a@b.example https://x.example/@\u200ball <\u200b!channel\\>",
    );
  });
  test("nothing in any part wakes anybody", async () => {
    const name = "@all _@channel <!here> <@user>";
    await deliver(
      { title: name, message: name, fields: [{ label: name, value: name }] },
      { log: name, installation: { name, url: null } },
    );
    expect(trial.server.requests.at(-1)?.body).not.toMatch(/@(all|channel|user)|<!/);
  });
  test.each(Object.entries(HOSTILE_NAMES))("Mattermost takes %s everywhere", async (_, name) => {
    const own = { title: "{{job.name}}", message: "{{job.name}} {{job.name}}", values: { job: { name } } };
    const fields = [{ label: name, value: name }];
    const more = { title: name, message: name, fields, typeName: name || "Name" };
    for (const extra of [{ log: name, installation: { name: name || "Belfry", url: null } }, { own }]) {
      expect(await deliver(more, extra)).toMatchObject({ kind: "sent", status: 200 });
    }
  });
  test("a title that is a link is shown as it stands, any other one as markdown", async () => {
    await deliver({ title: "a_b" });
    expect(last().one.title).toBe("a_b");
    await deliver({ title: "a_b", link: { label: "Open", url: "/runs/1" } });
    expect(last().one).toMatchObject({ title: "a\\_b" });
    expect(last().one.title_link).toBeUndefined();
  });
  test("a custom text: its markup counts, its values are escaped", async () => {
    await deliver({}, { own: { message: "@here **{{job.name}}**", values: { job: { name: "a*b" } } } });
    expect(last().one.text).toBe("@here **a\\*b**");
  });
  test("a log stands in a code block that it cannot leave", async () => {
    await deliver({ message: "m" }, { log: "one\n```\n@all **x**" });
    expect(last().one.text).toBe("m\n```\none\n`\u200b`\u200b`\n@\u200ball **x**\n```");
  });
});

describe("pain 34: nothing is too long for Mattermost", () => {
  const pieces = { ascii: "a", sign: "*", emoji: "🙂", family: "👨‍👩‍👧‍👦", combining: "e\u0301" };
  test.each(Object.entries(pieces))("100 kB of %s everywhere", async (_, piece) => {
    const long = piece.repeat(Math.ceil(100_000 / piece.length));
    const fields = Array.from({ length: 40 }, (_, i) => ({ label: `${i} ${long}`, value: long }));
    const extra = { log: long, installation: { name: long, url: null } };
    expect(await deliver({ title: long, message: long, fields }, extra)).toMatchObject({ kind: "sent" });
    expect(last().one.title_link).toBe("https://backup.example.org/runs/run_01");
    expect(last().one.text).toMatch(/…/);
  });

  const size = (value: string) => [...value].length;
  test.each(["a", "🙂", "e\u0301"])("at every edge in %s", (piece) => {
    const { title, text, fieldName, fieldValue, footer } = mattermost.limits;
    const filled = (max = 0, over = 0) => piece.repeat(Math.floor(max / size(piece)) + over);
    for (const over of [-1, 0]) {
      const fact = { label: filled(fieldName?.max, over), value: filled(fieldValue?.max, over) };
      expect(partsOf({ title: filled(title?.max, over) }).title).toEqual([filled(title?.max, over)]);
      expect(partsOf({ message: filled(text?.max, over) }).text).toEqual([filled(text?.max, over)]);
      expect(partsOf({ fields: [fact] }).fieldName?.[0]).toBe(fact.label);
      expect(partsOf({ fields: [fact] }).fieldValue?.[0]).toBe(fact.value);
    }
    const fact = { label: filled(fieldName?.max, 1), value: filled(fieldValue?.max, 1) };
    for (const [cut] of [
      partsOf({ title: filled(title?.max, 1) }).title ?? [],
      partsOf({ message: filled(text?.max, 1) }).text ?? [],
      partsOf({ fields: [fact] }).fieldName ?? [],
      partsOf({ fields: [fact] }).fieldValue ?? [],
      partsOf({}, { installation: { name: filled(footer?.max, 1), url: null } }).footer ?? [],
    ]) {
      expect(cut).toMatch(/…$/);
    }
  });
  test("message and log share the text: both are there when both are too long", () => {
    for (const piece of Object.values(pieces)) {
      const [text = ""] =
        partsOf({ message: piece.repeat(30_000) }, { log: `first\n${piece.repeat(30_000)}\nlast` }).text ?? [];
      expect(size(text)).toBeLessThanOrEqual(16_383);
      expect(size(text)).toBeGreaterThan(10_000);
      expect(text).toMatch(/…\n```\nfirst\n/);
      expect(text).toMatch(/\nlast\n```$/);
    }
  });
  test("fields that had no room are counted", async () => {
    await deliver({ fields: Array.from({ length: 33 }, (_, i) => ({ label: `F${i}`, value: "x" })), times: [] });
    expect(last().one.fields).toHaveLength(30);
    expect(last().one.footer).toBe("Backup Failed · Belfry · 3 more not shown");
  });
});

describe("answers", () => {
  test.each([
    ["invalid", "rejected", 400, /Create one under Integrations/],
    ["channelGone", "gone", 404, /does not find the channel/],
    ["archived", "gone", 500, /archived/],
    ["channel", "rejected", 404, /does not find the channel/],
    ["locked", "rejected", 403, /locked to its channel/],
    ["permissions", "rejected", 403, /not a member/],
    ["disabled", "rejected", 501, /disabled/],
    ["parse", "rejected", 400, undefined],
    ["creating", "retry", 500, undefined],
  ] as const)("%s is %s, in the server's words", async (fault, kind, status, advice) => {
    trial.server.break(fault);
    const outcome = await deliver();
    expect(outcome).toMatchObject({ kind, status, answer: expect.stringContaining("app_error") });
    expect(outcome.kind !== "sent" && outcome.reason).toMatch(/webhook|channel|post|parse/i);
    if (advice) expect(outcome.advice).toMatch(advice);
    else expect(outcome.advice).toBeUndefined();
  });
  test("a channel that does not exist and a hook that does not exist, as the server says it", async () => {
    expect(await deliver({}, {}, { channel: "nowhere" })).toMatchObject({
      kind: "rejected",
      reason: "404 Not Found: Couldn't find the channel.",
    });
    const webhookUrl = trial.server.webhookUrl.replace(/.$/, "x");
    expect(await deliver({}, {}, { webhookUrl })).toMatchObject({
      kind: "rejected",
      reason: "400 Bad Request: Invalid webhook.",
    });
  });
  test("fault B7: “Invalid webhook” does not disable the channel: the server says it of a failed query too", async () => {
    trial.server.break("invalid");
    expect(await deliver()).toMatchObject({ kind: "rejected" });
  });
  test("pain 07: the eleventh request within a second is a pause of as long as the server says", async () => {
    trial.server.limitRate(true, 60_000);
    const outcomes: SendResult[] = [];
    for (let i = 0; i < 11; i++) outcomes.push(await deliver());
    expect(outcomes.filter(({ kind }) => kind === "sent")).toHaveLength(10);
    expect(outcomes[10]).toMatchObject({
      kind: "retry",
      status: 429,
      afterMs: 1_000,
      advice: expect.stringMatching(/waits/),
    });
  });
  test("no answer and a broken connection are retried", async () => {
    trial.server.hang();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/No answer/) });
    trial.server.recover();
    trial.server.reset();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/closed the connection/) });
  });
});

test("a preview and a payload hold no secret", () => {
  const config = mattermost.parse(mattermost.example);
  const payload = mattermost.render(sampleNotification(), config, sampleContext());
  expect(JSON.stringify([payload, mattermost.preview(payload, config)])).not.toContain("exampl3t0ken");
});

describe("the form", () => {
  const URL_OF = "https://chat.example.org/hooks/abcdefghijklmnopqrstuvwx12";
  const problem = (config: object) => mattermost.configSchema.safeParse(config).error?.issues[0]?.message;
  test.each([
    [{ webhookUrl: URL_OF }],
    [{ webhookUrl: "https://example.org/team/chat/hooks/abc", channel: "@jo.doe" }],
    [{ webhookUrl: "http://127.0.0.1:8065/hooks/abc", channel: "#backups" }],
    [{ webhookUrl: "http://chat.lan/hooks/abc" }],
  ])("takes %o", (config) => expect(problem(config)).toBeUndefined());
  test.each([
    [{ webhookUrl: "" }, /Enter/],
    [{ webhookUrl: "chat.example.org/hooks/abc" }, /https:\/\//],
    [{ webhookUrl: "https://chat.example.org/team/channels/x" }, /ends in/],
    [{ webhookUrl: "https://chat.example.org/hooks/abc/def" }, /Rocket\.Chat/],
    [{ webhookUrl: "http://chat.example.org/hooks/abc" }, /Use https/],
    [{ webhookUrl: URL_OF, channel: "Town Square" }, /as in its URL/],
    [{ webhookUrl: URL_OF, iconUrl: "icon.png" }, /http or https/],
  ])("refuses %o", (config, words) => expect(problem(config)).toMatch(words));
  test("knows what people paste", () => {
    expect(mattermost.fromUrl(URL_OF)).toEqual({ webhookUrl: URL_OF });
    for (const other of [
      "https://chat.example.org/hooks/abc",
      "https://chat.example.org/hooks/a/b",
      "mmost://chat/abc",
      "x",
    ])
      expect(mattermost.fromUrl(other)).toBeNull();
  });
});
