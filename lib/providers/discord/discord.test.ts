import { afterEach, describe, expect, test } from "vitest";
import { startDiscordServer } from "@/e2e/support/discord-server";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import type { SendResult } from "../contract";
import { discord } from "./discord";
import { escapeDiscordMarkdown } from "./markdown";

const trial = startTrial(startDiscordServer);

afterEach(() => {
  trial.server.limitRate(false);
});

async function deliver(
  more: Parameters<typeof sampleNotification>[0] = {},
  extra: Record<string, unknown> = {},
  context = sampleContext(),
): Promise<SendResult> {
  const config = discord.parse({ webhookUrl: trial.server.webhookUrl(), ...extra });
  return discord.send(discord.render(sampleNotification(more), config, context), config, trial.io);
}
const last = () => {
  const message = trial.server.messages.at(-1);
  if (!message?.embeds[0]) throw new Error("nothing arrived");
  return { ...message, embed: message.embeds[0] };
};

test("one rich embed arrives, and its id is the receipt", async () => {
  trial.server.limitRate(false);
  const outcome = await deliver(
    {},
    { avatarUrl: "https://x.example/i.png", threadId: "1234567890123456789", silent: true },
  );
  const { id, embed, username, flags, threadId, allowed_mentions } = last();
  expect(outcome).toMatchObject({ kind: "sent", status: 200, receipt: id });
  expect(embed).toMatchObject({
    title: "media-library could not be backed up",
    url: "https://backup.example.org/runs/run_01",
    color: 0xef4444,
    timestamp: "2026-11-20T02:10:04.000Z",
    footer: { text: "Backup Failed · Belfry" },
  });
  expect(embed.fields).toContainEqual({ name: "Destination", value: "nas.lan (SFTP)", inline: true });
  expect(embed.fields).toContainEqual({ name: "Started", value: "<t:1795140573:f>", inline: true });
  expect({ username, flags, threadId, allowed_mentions }).toEqual({
    username: "Backup Manager",
    flags: 4096,
    threadId: "1234567890123456789",
    allowed_mentions: { parse: [] },
  });
});

test("green success, red failure, amber warning, blue info, purple system", () => {
  const config = discord.parse({ webhookUrl: trial.server.webhookUrl() });
  const colours = (["success", "failure", "warning", "info", "system"] as const).map((tone) => {
    const payload = discord.render(sampleNotification({ tone }), config, sampleContext()) as {
      embeds: [{ color: number }];
    };
    return payload.embeds[0].color.toString(16);
  });
  expect(colours).toEqual(["22c55e", "ef4444", "f59e0b", "3b82f6", "8b5cf6"]);
});

describe("pain 33: names have no effect as markup", () => {
  test("markdown and mentions are shown literally; addresses stay whole", () => {
    expect(escapeDiscordMarkdown("*bold* _i_ `c` ~s~ ||x|| [a](b) <@1> \\")).toBe(
      "\\*bold\\* \\_i\\_ \\`c\\` \\~s\\~ \\|\\|x\\|\\| \\[a\\](b) \\<\\@1\\> \\\\",
    );
    expect(escapeDiscordMarkdown("# h\n- l\n> q\n1. n")).toBe("\\# h\n\\- l\n\\> q\n1\\. n");
    expect(escapeDiscordMarkdown("see https://x.example/a_b_c?d=*e*")).toBe("see https://x.example/a_b_c?d=\\*e\\*");
  });
  test.each(Object.entries(HOSTILE_NAMES))("Discord takes %s everywhere", async (_, name) => {
    trial.server.limitRate(false);
    const own = { title: "{{job.name}}", message: "{{job.name}} {{job.name}}", values: { job: { name } } };
    const fields = [{ label: name, value: name }];
    const more = { title: name, message: name, fields, typeName: name || "Name" };
    for (const extra of [{ log: name, installation: { name: name || "Belfry", url: null } }, { own }]) {
      expect(await deliver(more, {}, sampleContext(extra))).toMatchObject({ kind: "sent", status: 200 });
    }
  });
  test("@everyone mentions nobody", async () => {
    trial.server.limitRate(false);
    await deliver({ title: "@everyone", message: "@here <@&123>" });
    expect(last().allowed_mentions).toEqual({ parse: [] });
    expect(last().embed.title).toBe("\\@everyone");
  });
});

describe("pain 34: nothing is too long for Discord", () => {
  const texts = { ascii: "a", markdown: "*", emoji: "🙂", family: "👨‍👩‍👧‍👦", combining: "e\u0301", line: "# \n" };
  test.each(Object.entries(texts))("100 kB of %s everywhere", async (_, piece) => {
    trial.server.limitRate(false);
    const long = piece.repeat(Math.ceil(100_000 / piece.length));
    const fields = Array.from({ length: 40 }, (_, i) => ({ label: `${i} ${long}`, value: long }));
    const outcome = await deliver(
      { title: long, message: long, fields },
      {},
      sampleContext({ log: long, installation: { name: long, url: null } }),
    );
    expect(outcome).toMatchObject({ kind: "sent", status: 200 });
    expect(last().embed.footer?.text).toContain("…");
    expect(last().embed.description?.length).toBeGreaterThan(500);
  });
  test("the footer counts the facts that do not fit", async () => {
    trial.server.limitRate(false);
    await deliver({ fields: Array.from({ length: 30 }, (_, i) => ({ label: `F${i}`, value: "x" })), times: [] });
    expect(last().embed.fields).toHaveLength(25);
    expect(last().embed.footer?.text).toBe("Backup Failed · Belfry · 5 more not shown");
  });
  test("empty values are no empty fields, and an empty message is no description", async () => {
    trial.server.limitRate(false);
    expect(await deliver({ title: " ", message: "\0", fields: [{ label: "", value: "\n" }] })).toMatchObject({
      status: 200,
    });
    expect(last().embed.title).toBe("Backup Failed");
  });
  test("a log stands in a code block that it cannot leave", async () => {
    trial.server.limitRate(false);
    await deliver({}, {}, sampleContext({ log: "one\n```\n@everyone **x**" }));
    expect(last().embed.description).toMatch(/\n```\none\n`\u200b`\u200b`\n@everyone \*\*x\*\*\n```$/);
  });
});

test("a custom text: its markup counts, its values are escaped", async () => {
  trial.server.limitRate(false);
  const own = {
    title: "**{{job.name}}** failed",
    message: "_See_ {{link}}",
    values: { job: { name: "a*b" }, link: "https://x.example/a_b" },
  };
  await deliver({}, {}, sampleContext({ own }));
  expect(last().embed.title).toBe("**a\\*b** failed");
  expect(last().embed.description).toBe("_See_ https://x.example/a_b");
});

describe("answers", () => {
  test("pain 07: a rate limit is a pause of as long as Discord says", async () => {
    trial.server.limitRate(true);
    const outcomes = await Promise.all(Array.from({ length: 7 }, () => deliver()));
    const refused = outcomes.filter((outcome) => outcome.kind !== "sent");
    expect(refused.length).toBeGreaterThanOrEqual(2);
    for (const outcome of refused) {
      expect(outcome).toMatchObject({
        kind: "retry",
        status: 429,
        reason: "429 Too Many Requests: You are being rate limited.",
      });
      expect(outcome.kind === "retry" && outcome.afterMs).toBeGreaterThanOrEqual(1_000);
      expect(outcome.kind === "retry" && outcome.afterMs).toBeLessThanOrEqual(2_000);
      expect(outcome.kind === "retry" && outcome.advice).toMatch(/5 messages in 2 seconds/);
    }
  });
  test("a deleted webhook is gone, with Discord's error and advice", async () => {
    const config = discord.parse({ webhookUrl: trial.server.webhookUrl("99", "abc") });
    trial.server.deleteWebhook("99");
    const outcome = await discord.send(discord.render(sampleNotification(), config, sampleContext()), config, trial.io);
    expect(outcome).toMatchObject({
      kind: "gone",
      status: 404,
      reason: "404 Not Found: Unknown Webhook",
      advice: expect.stringMatching(/Create one/),
    });
  });
  test("a wrong token is refused", async () => {
    trial.server.limitRate(false);
    const config = discord.parse({ webhookUrl: trial.server.webhookUrl().replace(/[^/]+$/, "wrong") });
    const wrong = await discord.send(discord.render(sampleNotification(), config, sampleContext()), config, trial.io);
    expect(wrong).toMatchObject({ kind: "rejected", status: 401, advice: expect.stringMatching(/token/) });
  });
  test.each(["1000000000000000404", "1000000000000000423"])(
    "fault B6: a thread that Discord refuses (%s) does not stop the message: it goes to the webhook's channel",
    async (threadId) => {
      trial.server.limitRate(false);
      expect(await deliver({}, { threadId })).toMatchObject({
        kind: "sent",
        receipt: last().id,
        advice: expect.stringMatching(/posted outside the thread.*Check the thread ID.*(Unknown Channel|locked)/),
      });
      expect(last().threadId).toBeNull();
    },
  );
  test.each([
    ["the thread is archived", { status: 400, code: 50083, message: "Thread is archived" }],
    ["the message was deleted", { status: 404, code: 10008, message: "Unknown Message" }],
    ["edits are limited", { status: 400, code: 30046, message: "Maximum number of edits reached" }],
    ["the webhook did not write it", { status: 403, code: 50005, message: "Cannot edit another user's message" }],
  ])("fault B6: a refused edit becomes a new message: %s", async (_, { status, ...body }) => {
    trial.server.limitRate(false);
    trial.server.failWith({ status, body, times: 1 });
    const previous = { first: "1300000000000000099", last: "1300000000000000099" };
    const title = `Recovered: ${body.code}`;
    const outcome = await deliver({ status: "resolved", title }, {}, sampleContext({ previous }));
    expect(outcome).toMatchObject({ kind: "sent", receipt: last().id });
    expect(last().embed.title).toBe(title);
  });
  test("fault B6: the recovery of a problem in a thread that was archived since is posted there", async () => {
    trial.server.limitRate(false);
    const threadId = "1234567890123456789";
    const problem = await deliver({}, { threadId });
    const receipt = problem.kind === "sent" ? (problem.receipt ?? "") : "";
    trial.server.archiveThread(threadId);
    const previous = { first: receipt, last: receipt };
    const outcome = await deliver({ status: "resolved" }, { threadId }, sampleContext({ previous }));
    expect(outcome).toMatchObject({ kind: "sent", receipt: last().id });
    expect(last()).toMatchObject({ threadId });
    expect(last().id).not.toBe(receipt);
  });
  test("fault B7: an edit that a relay answered is retried as an edit", async () => {
    trial.server.failWith({ status: 404, body: "<html><body>404</body></html>", times: 1 });
    const previous = { first: "1300000000000000099", last: "1300000000000000099" };
    const before = trial.server.requests.length;
    expect(await deliver({ status: "resolved" }, {}, sampleContext({ previous }))).toMatchObject({ kind: "retry" });
    expect(trial.server.requests).toHaveLength(before + 1);
  });
  test("pain 12: a failure is not sent, and the answer is kept", async () => {
    trial.server.failWith({ status: 400, body: { message: "Invalid Form Body", code: 50035 }, times: 1 });
    expect(await deliver()).toMatchObject({ kind: "rejected", status: 400, answer: expect.stringContaining("50035") });
    trial.server.failWith({ status: 503, body: "upstream", times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 503 });
  });
});

describe("the webhook URL", () => {
  const problem = (webhookUrl: string) => discord.configSchema.safeParse({ webhookUrl }).error?.issues[0]?.message;
  test.each([
    "https://discord.com/api/webhooks/123/abc-DEF_0",
    "https://discordapp.com/api/webhooks/123/abc",
    "https://ptb.discord.com/api/v10/webhooks/123/abc",
    "https://relay.example.org/discord/api/webhooks/123/abc",
    "http://127.0.0.1:8080/api/webhooks/123/abc",
    "http://relay.lan/api/webhooks/123/abc",
  ])("takes %s", (url) => expect(problem(url)).toBeUndefined());
  test.each([
    ["", /Enter/],
    ["discord.com/api/webhooks/1/a", /https:\/\//],
    ["https://discord.com/channels/1/2", /ends in/],
    ["https://discord.com/api/webhooks/123", /ends in/],
    ["https://discord.com/api/webhooks/123/abc/slack", /slack/],
    ["http://discord.com/api/webhooks/123/abc", /https/],
    ["http://relay.example.org/api/webhooks/123/abc", /https/],
  ])("refuses %s", (url, words) => expect(problem(url)).toMatch(words));
  test("names that Discord refuses are refused when saving", () => {
    const names = discord.configSchema.safeParse({ webhookUrl: trial.server.webhookUrl(), username: "My Discord bot" });
    expect(names.error?.issues[0]?.path).toEqual(["username"]);
  });
});
