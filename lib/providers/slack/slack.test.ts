import { beforeEach, describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { SLACK_TOKEN, startSlackServer } from "@/e2e/support/services/slack";
import type { RenderContext, SendResult } from "../contract";
import { escapeMrkdwn, slack } from "./slack";

const trial = startTrial(startSlackServer);

beforeEach(() => {
  trial.server.limitRate(false);
  trial.server.breakWebhook(null);
  trial.server.breakApi(null);
});

type Facts = Parameters<typeof sampleNotification>[0];
const byWebhook = () => ({ webhookUrl: trial.server.webhookUrl });
const byBot = () => ({ botToken: SLACK_TOKEN, channel: "#backups", apiBaseUrl: trial.server.apiUrl });
function deliver(more: Facts = {}, extra: Partial<RenderContext> = {}, way: object = byWebhook()): Promise<SendResult> {
  const config = slack.parse(way);
  return trial.deliver(slack, config, more, extra);
}
function last() {
  const message = trial.server.messages.at(-1);
  const attachment = message?.attachments[0];
  if (!message || !attachment) throw new Error("nothing arrived");
  const texts = (kind: string) => JSON.stringify(attachment.blocks.filter((block) => block.type === kind));
  return { ...message, color: attachment.color, inside: attachment.blocks, texts };
}

describe("by webhook", () => {
  test("fault C1: another channel than its own is sent along, and the form says who ignores it", async () => {
    expect(await deliver({}, {}, { ...byWebhook(), channel: "#nas" })).toMatchObject({ kind: "sent" });
    expect(trial.server.requests.at(-1)?.json).toMatchObject({ channel: "#nas" });
    const { properties } = slack.formSchema() as { properties: { channel: { description?: string } } };
    expect(JSON.stringify(properties.channel)).toMatch(/webhooks of newer apps ignore it/);
  });
  test("header, message, fields and small print arrive, with the tone's colour and a text for notifications", async () => {
    const config = { ...byWebhook(), username: "Backups", iconEmoji: ":floppy_disk:" };
    expect(await deliver({}, {}, config)).toEqual({ kind: "sent", status: 200, answer: "ok" });
    expect(last()).toMatchObject({
      text: expect.stringMatching(/^media-library could not be backed up\nThe destination/),
      blocks: [
        { type: "header", text: { type: "plain_text", text: "media-library could not be backed up", emoji: true } },
      ],
      color: "#ef4444",
      username: "Backups",
      icon_emoji: ":floppy_disk:",
      unfurl_links: false,
      unfurl_media: false,
    });
    expect(last().inside.map(({ type }) => type)).toEqual(["section", "section", "context"]);
    const field = (text: string) => ({ type: "mrkdwn", text, verbatim: true });
    expect(last().inside[1]?.fields).toContainEqual(field("*Destination*\nnas.lan (SFTP)"));
    expect(last().inside[1]?.fields).toContainEqual(
      field("*Started*\n<!date^1795140573^{date_short_pretty} {time}|2026-11-20 02:09 UTC>"),
    );
    expect(last().inside[2]?.elements).toEqual([
      field("Backup Failed · Belfry"),
      field("<!date^1795140604^{date_short_pretty} {time}|2026-11-20 02:10 UTC>"),
      field("<https://backup.example.org/runs/run_01|Open the run>"),
    ]);
  });

  test("green success, red failure, amber warning, blue info, purple system", async () => {
    const colours: unknown[] = [];
    for (const tone of ["success", "failure", "warning", "info", "system"] as const) {
      await deliver({ tone });
      colours.push(last().color);
    }
    expect(colours).toEqual(["#22c55e", "#ef4444", "#f59e0b", "#3b82f6", "#8b5cf6"]);
  });

  test.each([
    ["invalid_payload", "rejected", /could not read/],
    ["invalid_token", "rejected", /Copy the complete URL/],
    ["action_prohibited", "rejected", /administrators/],
    ["user_not_found", "rejected", undefined],
    ["no_service", "gone", /Make a new one/],
    ["no_team", "gone", /Make a new one/],
    ["no_active_hooks", "gone", /Make a new one/],
    ["channel_not_found", "gone", /does not find the channel/],
    ["channel_is_archived", "gone", /archived/],
    ["rollup_error", "retry", undefined],
  ] as const)("%s is %s, in Slack's words", async (error, kind, advice) => {
    trial.server.breakWebhook(error);
    const outcome = await deliver();
    expect(outcome).toMatchObject({ kind, answer: error, reason: expect.stringContaining(error) });
    if (advice) expect(outcome.advice).toMatch(advice);
    else expect(outcome.advice).toBeUndefined();
  });

  test("a 200 that names an error is no success", async () => {
    trial.server.failWith({ status: 200, body: "no_service", times: 1 });
    expect(await deliver()).toMatchObject({ kind: "gone", reason: "Slack says no_service" });
    trial.server.failWith({ status: 200, body: { ok: false, error: "internal_error" }, times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", reason: "Slack says internal_error" });
  });

  test("pain 07: one message a second, and a pause of as long as Slack says", async () => {
    trial.server.limitRate(true, 60_000);
    const outcomes = [await deliver(), await deliver()];
    expect(outcomes.map(({ kind }) => kind)).toEqual(["sent", "retry"]);
    expect(outcomes[1]).toMatchObject({ status: 429, afterMs: 1_000, advice: expect.stringMatching(/a second/) });
  });

  test("no answer and a broken connection are retried", async () => {
    trial.server.hang();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/No answer/) });
    trial.server.recover();
    trial.server.reset();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/closed the connection/) });
  });
});

describe("by a bot's token", () => {
  test("the receipt names channel and message", async () => {
    const outcome = await deliver({}, {}, byBot());
    expect(outcome).toMatchObject({ kind: "sent", receipt: `C0BACKUPS ${last().ts}` });
    expect(trial.server.requests.at(-1)?.headers.authorization).toBe(`Bearer ${SLACK_TOKEN}`);
    expect(trial.server.requests.at(-1)?.json).toMatchObject({ channel: "#backups" });
  });

  test("a recovery answers in the problem's thread and shows in the channel too", async () => {
    const problem = await deliver({}, {}, byBot());
    const receipt = problem.kind === "sent" ? (problem.receipt ?? "") : "";
    const resolved = { status: "resolved", tone: "success", title: "Recovered: media-library" } as const;
    const outcome = await deliver(resolved, { previous: { first: receipt, last: "C0BACKUPS 1.000009" } }, byBot());
    expect(outcome).toMatchObject({ kind: "sent" });
    expect(last()).toMatchObject({ thread_ts: receipt.split(" ")[1], reply_broadcast: true });
    expect(trial.server.requests.at(-1)?.body).not.toContain("answers");
  });

  test("a reminder of an open problem is a message of its own", async () => {
    await deliver({}, { previous: { first: "C0BACKUPS 1795140604.000001", last: "x" } }, byBot());
    expect(last().thread_ts).toBeUndefined();
  });

  test("where the problem's message was deleted, the recovery stands alone", async () => {
    const problem = await deliver({}, {}, byBot());
    const receipt = problem.kind === "sent" ? (problem.receipt ?? "") : "";
    trial.server.deleteMessage(receipt.split(" ")[1] ?? "");
    const outcome = await deliver({ status: "resolved" }, { previous: { first: receipt, last: receipt } }, byBot());
    expect(outcome).toMatchObject({ kind: "sent", receipt: `C0BACKUPS ${last().ts}` });
    expect(last().thread_ts).toBeUndefined();
    expect(last().channel).toBe("C0BACKUPS");
  });

  test.each(["thread_locked", "restricted_action_thread_locked", "cannot_reply_to_message", "no_permission"])(
    "fault B6: a reply that Slack refuses (%s) becomes a message of its own",
    async (error) => {
      trial.server.failWith({ status: 200, body: { ok: false, error }, times: 1 });
      const previous = { first: "C0BACKUPS 1795140604.000001", last: "C0BACKUPS 1795140604.000001" };
      const outcome = await deliver({ status: "resolved" }, { previous }, byBot());
      expect(outcome).toMatchObject({ kind: "sent", receipt: `C0BACKUPS ${last().ts}` });
      expect(last().thread_ts).toBeUndefined();
    },
  );

  test.each([
    ["invalid_auth", "rejected", /does not accept this token/],
    ["token_revoked", "gone", /Install the app again/],
    ["account_inactive", "gone", /Install the app again/],
    ["is_archived", "gone", /archived/],
    ["channel_not_found", "rejected", /does not find the channel/],
    ["not_in_channel", "rejected", /\/invite/],
    ["msg_too_long", "rejected", undefined],
    ["ratelimited", "retry", /a second/],
    ["internal_error", "retry", undefined],
    ["fatal_error", "retry", undefined],
  ] as const)("200 with %s is %s", async (error, kind, advice) => {
    trial.server.breakApi(error);
    const outcome = await deliver({}, {}, byBot());
    expect(outcome).toMatchObject({
      kind,
      status: 200,
      reason: `Slack says ${error}`,
      answer: expect.stringContaining(error),
    });
    if (advice) expect(outcome.advice).toMatch(advice);
    else expect(outcome.advice).toBeUndefined();
  });

  test("what Slack adds to its error is shown", async () => {
    trial.server.breakApi("missing_scope", { needed: "chat:write" });
    expect(await deliver({}, {}, byBot())).toMatchObject({
      kind: "rejected",
      reason: "Slack says missing_scope (needed: chat:write)",
      advice: expect.stringMatching(/scope/),
    });
  });

  test("fault B14: another program's 200 is no success", async () => {
    trial.server.failWith({ status: 200, body: "<html>Sign in</html>", times: 1 });
    expect(await deliver({}, {}, byBot())).toMatchObject({
      kind: "retry",
      advice: expect.stringMatching(/base URL/),
    });
  });

  test("pain 07: 429 pauses for as long as Slack says", async () => {
    trial.server.failWith({
      status: 429,
      body: { ok: false, error: "ratelimited" },
      headers: { "retry-after": "30" },
      times: 1,
    });
    expect(await deliver({}, {}, byBot())).toMatchObject({ kind: "retry", status: 429, afterMs: 30_000 });
  });
});

describe("pain 33: names have no effect as markup", () => {
  test("the three signs of Slack are escaped, and no others", () => {
    expect(escapeMrkdwn("a & b <!channel> <@U1> *x*")).toBe("a &amp; b &lt;!channel&gt; &lt;@U1&gt; *x*");
  });
  test("what is plain stays plain: no mention and no name becomes a link", async () => {
    await deliver({ title: "@here", message: "#general @channel", fields: [{ label: "@here", value: "<!here>" }] });
    const texts = JSON.stringify(last().inside.flatMap((block) => [block.text, block.fields, block.elements].flat()));
    expect(texts.match(/"mrkdwn"/g)?.length).toBe(texts.match(/"verbatim":true/g)?.length);
    expect(texts).toContain("&lt;!here&gt;");
  });
  test.each(Object.entries(HOSTILE_NAMES))("Slack takes %s everywhere", async (_, name) => {
    const own = { title: "{{job.name}}", message: "{{job.name}} {{job.name}}", values: { job: { name } } };
    const fields = [{ label: name, value: name }];
    const more = { title: name, message: name, fields, typeName: name || "Name" };
    for (const extra of [{ log: name, installation: { name: name || "Belfry", url: null } }, { own }]) {
      expect(await deliver(more, extra)).toMatchObject({ kind: "sent", status: 200 });
    }
  });
  test("a custom text: its markup counts, its values are escaped", async () => {
    const own = {
      title: "{{job.name}} failed",
      message: "*Look* at <{{link}}|this> of {{job.name}}",
      values: { job: { name: "a<b" }, link: "https://x.example/a?b&c" },
    };
    await deliver({}, { own });
    expect(JSON.stringify(last().blocks)).toContain("a&lt;b failed");
    expect(last().texts("section")).toContain("*Look* at <https://x.example/a?b&amp;c|this> of a&lt;b");
  });
  test("a log stands in a code block that it cannot leave", async () => {
    await deliver({}, { log: "one\n```\n<!channel> *x*" });
    expect(last().inside[2]).toMatchObject({
      text: { text: "```\none\n`\u200b`\u200b`\n&lt;!channel&gt; *x*\n```" },
    });
  });
});

describe("pain 34: nothing is too long for Slack", () => {
  const pieces = { ascii: "a", sign: "<", emoji: "🙂", family: "👨‍👩‍👧‍👦", combining: "e\u0301", quote: '"' };
  test.each(Object.entries(pieces))("100 kB of %s everywhere", async (_, piece) => {
    const long = piece.repeat(Math.ceil(100_000 / piece.length));
    const fields = Array.from({ length: 40 }, (_, i) => ({ label: `${i} ${long}`, value: long }));
    const extra = { log: long, installation: { name: long, url: null } };
    expect(await deliver({ title: long, message: long, fields, typeName: long }, extra)).toMatchObject({
      kind: "sent",
    });
    expect(last().texts("context")).toContain("https://backup.example.org/runs/run_01");
    expect(last().text).toContain("…");
  });

  const { title, section, field, text, context } = slack.limits;
  const size = (value: string) => [...value].length;
  test.each(["a", "🙂", "e\u0301"])("at every edge in %s", (piece) => {
    const config = slack.parse(slack.example);
    const parts = (more: Facts, extra: Partial<RenderContext> = {}) =>
      slack.parts(slack.render(sampleNotification(more), config, sampleContext(extra)));
    const filled = (max = 0, over = 0) => piece.repeat(Math.floor(max / size(piece)) + over);
    for (const over of [-1, 0]) {
      expect(parts({ title: filled(title?.max, over) }).title).toEqual([filled(title?.max, over)]);
      expect(parts({ message: filled(section?.max, over) }).section).toEqual([filled(section?.max, over)]);
      const value = filled((field?.max ?? 0) - 4, over);
      expect(parts({ fields: [{ label: "L", value }] }).field?.[0]).toBe(`*L*\n${value}`);
      const head = { title: "T", message: filled((text?.max ?? 0) - 2, over) };
      expect(parts(head).text).toEqual([`T\n${head.message}`]);
    }
    expect(parts({ title: filled(title?.max, 1) }).title?.[0]).toMatch(/…$/);
    expect(parts({ message: filled(section?.max, 1) }).section?.[0]).toMatch(/…$/);
    expect(parts({ fields: [{ label: "L", value: filled(field?.max, 1) }] }).field?.[0]).toMatch(/…$/);
    expect(parts({ title: "T", message: filled(text?.max, 1) }).text?.[0]).toMatch(/…$/);
    expect(parts({}, { installation: { name: filled(context?.max, 1), url: null } }).context?.[0]).toMatch(/…$/);
  });

  test("ten fields to a section, thirty in all, and the rest is counted", async () => {
    await deliver({ fields: Array.from({ length: 33 }, (_, i) => ({ label: `F${i}`, value: "x" })), times: [] });
    const sections = last().inside.flatMap(({ fields }) => (Array.isArray(fields) ? [fields.length] : []));
    expect(sections).toEqual([10, 10, 10]);
    expect(last().texts("context")).toContain("Backup Failed · Belfry · 3 more not shown");
  });

  test("the total holds when every part is full, in any script", () => {
    for (const piece of Object.values(pieces)) {
      const long = piece.repeat(20_000);
      const fields = Array.from({ length: 30 }, () => ({ label: long, value: long }));
      const payload = slack.render(
        sampleNotification({ title: long, message: long, fields }),
        slack.parse(slack.example),
        sampleContext({ log: long, installation: { name: long, url: null } }),
      );
      const [total = ""] = slack.parts(payload).total ?? [];
      expect(size(total)).toBeLessThanOrEqual(slack.limits.total?.max ?? 0);
      expect(size(total)).toBeGreaterThan(6_000);
    }
  });

  test("fault C4: with many text objects the blocks stay below 11,000 characters, and Slack takes them", async () => {
    for (const piece of Object.values(pieces)) {
      const fact = { label: piece.repeat(20), value: piece.repeat(90) };
      const more = { title: piece.repeat(400), message: piece.repeat(20_000), fields: Array(60).fill(fact) };
      const extra = { log: piece.repeat(20_000), installation: { name: piece.repeat(900), url: null } };
      expect(await deliver(more, extra)).toMatchObject({ kind: "sent" });
      const texts = textObjectsIn([last().blocks, last().inside]);
      expect(texts.length).toBeGreaterThan(5);
      const characters = texts.reduce((sum, text) => sum + [...text].length, 0);
      expect(characters + 64 * texts.length).toBeLessThan(11_000);
    }
  });

  test("an empty message is no empty block", async () => {
    expect(await deliver({ title: " ", message: "\0", fields: [], times: [] })).toMatchObject({ kind: "sent" });
    expect(last().inside.map(({ type }) => type)).toEqual(["context"]);
    expect(JSON.stringify(last().blocks)).toContain("Backup Failed");
  });
});

/** The texts of every text object in these blocks. */
function textObjectsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const { type, text } = value as { type?: unknown; text?: unknown };
  if (/^(plain_text|mrkdwn)$/.test(String(type)) && typeof text === "string") return [text];
  return Object.values(value).flatMap(textObjectsIn);
}

test("a preview and a payload hold no secret", () => {
  for (const way of [byWebhook(), byBot()]) {
    const config = slack.parse(way);
    const payload = slack.render(sampleNotification(), config, sampleContext());
    const view = JSON.stringify([payload, slack.preview(payload, config)]);
    expect(view).not.toContain(SLACK_TOKEN);
    expect(view).not.toContain("tokenOfAWebhook");
  }
});

describe("the form", () => {
  const URL_OF = "https://hooks.slack.com/services/T00000000/B00000000/abcDEF123";
  const problem = (config: object) => {
    const issue = slack.configSchema.safeParse(config).error?.issues[0];
    return issue && `${issue.path.join(".")}: ${issue.message}`;
  };
  test.each([
    [{ webhookUrl: URL_OF }],
    [{ webhookUrl: URL_OF, botToken: "", channel: "", username: "", iconEmoji: "", apiBaseUrl: "" }],
    [{ webhookUrl: URL_OF, channel: "#backups" }],
    [{ webhookUrl: "https://hooks.slack.com/services/A/B/C" }],
    [{ webhookUrl: "https://hooks.slack-gov.com/services/T0/B0/abc" }],
    [{ webhookUrl: "http://127.0.0.1:8080/services/T0/B0/abc" }],
    [{ webhookUrl: "https://relay.example.org/slack" }],
    [{ botToken: "xoxb-123456-abcdef", channel: "#backups", apiBaseUrl: "https://slack-gov.com/api" }],
  ])("takes %o", (config) => expect(problem(config)).toBeUndefined());
  test.each([
    [{}, /webhookUrl: Enter a webhook URL, or a bot token/],
    [{ webhookUrl: URL_OF, botToken: "xoxb-123456-abcdef", channel: "C1" }, /botToken: Use either/],
    [{ botToken: "xoxb-123456-abcdef" }, /channel: Enter the channel/],
    [{ botToken: "xapp-1-abc", channel: "C1" }, /botToken: This is an app-level token/],
    [{ botToken: "hello", channel: "C1" }, /botToken: A bot token begins/],
    [{ webhookUrl: "hooks.slack.com/services/T0/B0/abc" }, /webhookUrl: Enter the complete/],
    [{ webhookUrl: "https://hooks.slack.com/services/T0/B0" }, /looks like/],
    [{ webhookUrl: "https://hooks.slack.com/triggers/T0/1/abc" }, /starts a Slack workflow/],
    [{ webhookUrl: "http://hooks.slack.com/services/T0/B0/abc" }, /Use https/],
    [{ webhookUrl: "http://relay.example.org/slack" }, /Use https/],
    [{ webhookUrl: "https://relay.example.org" }, /no path/],
    [{ webhookUrl: URL_OF, iconEmoji: "floppy" }, /iconEmoji: An emoji/],
  ])("refuses %o", (config, words) => expect(problem(config)).toMatch(words));
  test("knows what people paste", () => {
    expect(slack.fromUrl(`${URL_OF}?x=1`)).toEqual({ webhookUrl: URL_OF });
    expect(slack.fromUrl("xoxb-123456789012-abcdef")).toEqual({ botToken: "xoxb-123456789012-abcdef" });
    for (const other of ["https://hooks.slack.com/", "https://discord.com/api/webhooks/1/a", "slack://xoxb-1", "hello"])
      expect(slack.fromUrl(other)).toBeNull();
  });
});
