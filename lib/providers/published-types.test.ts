import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDiscordServer } from "@/e2e/support/discord-server";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { SLACK_TOKEN, startSlackServer } from "@/e2e/support/services/slack";
import { startTeamsServer } from "@/e2e/support/services/teams";
import { startTelegram, TELEGRAM_CHAT, TELEGRAM_TOKEN } from "@/e2e/support/services/telegram";
import { type TypedBody, typeErrorsIn } from "@/e2e/support/type-check";
import type { RenderContext } from "./contract";
import { createHttp } from "./kit/http";
import { isObject } from "./kit/json-body";
import { providerOf } from "./registry";

/*
 * What Belfry really sends, recorded where it arrives, has the types that the services or their communities publish.
 */

// Its modules name each other without extensions, which Node does not read: this is the same in one file.
const { AdaptiveCard, SerializationContext, ValidationEvent, Versions } = createRequire(import.meta.url)(
  "adaptivecards/dist/adaptivecards.js",
) as typeof import("adaptivecards");

type Shape = [more: Parameters<typeof sampleNotification>[0], context: Partial<RenderContext>];

const LONG = "🙂 a*b <c> ".repeat(3_000);
/** Every shape that a message may take: what is optional is there and is not. */
const SHAPES: Shape[] = [
  [{}, { log: "one\ntwo" }],
  [{ tone: "warning", fields: [], times: [], link: undefined }, {}],
  [
    { tone: "system", message: "" },
    { priority: "urgent", because: "the rule", log: LONG },
  ],
  [
    { status: "resolved", tone: "success" },
    { previous: { first: "1300000000000000001", last: "1300000000000000001" } },
  ],
  [{ status: "resolved", tone: "success" }, { previous: { first: "C0BACKUPS 1795140604.000001", last: "x" } }],
  [{ isTest: true, tone: "info" }, { priority: "low" }],
  [{ title: LONG, message: LONG, fields: Array(40).fill({ label: LONG, value: LONG }) }, { log: LONG }],
  ...Object.values(HOSTILE_NAMES).map((name): Shape => [{ title: name, message: name }, { log: name }]),
];

const http = createHttp({ egress: "any", userAgent: "Belfry/test" });
afterAll(() => http.close());

async function deliverAll(id: string, configs: object[]): Promise<void> {
  const provider = providerOf(id);
  if (!provider) throw new Error(`There is no provider ${id}.`);
  const mail = { send: () => Promise.reject(new Error("No mail is sent here.")) };
  for (const config of configs.map((one) => provider.parse(one))) {
    for (const [more, context] of SHAPES) {
      const payload = provider.render(sampleNotification(more), config, sampleContext(context));
      expect(await provider.send(payload, config, { http, mail })).toMatchObject({ kind: "sent" });
    }
  }
}

describe("what is sent has the published types", () => {
  const bodies: TypedBody[] = [];
  const cards: Record<string, unknown>[] = [];

  beforeAll(async () => {
    await recordDiscord();
    await recordTelegram();
    await recordSlack();
    await recordTeams();
  }, 60_000);

  async function recordDiscord() {
    const server = await startDiscordServer();
    server.limitRate(false);
    const webhookUrl = server.webhookUrl();
    const full = { webhookUrl, avatarUrl: "https://x.example/i.png", threadId: "1234567890123456789", silent: true };
    await deliverAll("discord", [{ webhookUrl }, full, { webhookUrl, onRecovery: "new", username: "" }]);
    for (const { url, body } of server.requests) {
      bodies.push({ type: url.includes("/messages/") ? "discordEdit" : "discordPost", body: JSON.parse(body) });
    }
    await server.close();
  }
  async function recordTelegram() {
    const server = await startTelegram();
    const access = { botToken: TELEGRAM_TOKEN, chatId: TELEGRAM_CHAT, apiBaseUrl: server.url };
    const modes = ["HTML", "MarkdownV2", "none"].map((parseMode) => ({ ...access, parseMode }));
    await deliverAll("telegram", [...modes, { ...access, topicId: "42", silent: true }]);
    for (const { json } of server.requests) bodies.push({ type: "telegramMessage", body: json });
    await server.close();
  }
  async function recordSlack() {
    const server = await startSlackServer();
    const bot = { botToken: SLACK_TOKEN, channel: "#backups", apiBaseUrl: server.apiUrl };
    const hook = { webhookUrl: server.webhookUrl };
    await deliverAll("slack", [hook, { ...hook, username: "Night shift", iconEmoji: ":floppy_disk:" }, bot]);
    for (const { json } of server.requests) bodies.push({ type: "slackMessage", body: json });
    await server.close();
  }
  async function recordTeams() {
    const server = await startTeamsServer();
    await deliverAll("teams", [{ webhookUrl: server.webhookUrl }]);
    for (const { json } of server.requests) {
      const attachment = isObject(json) && Array.isArray(json.attachments) ? json.attachments[0] : undefined;
      if (isObject(attachment) && isObject(attachment.content)) cards.push(attachment.content);
    }
    await server.close();
  }

  test("Discord, Telegram and Slack: every body compiles as a literal of its type", async () => {
    for (const type of ["discordPost", "discordEdit", "telegramMessage", "slackMessage"] as const) {
      expect(
        bodies.some((one) => one.type === type),
        type,
      ).toBe(true);
    }
    expect(await typeErrorsIn(bodies)).toBe("");
  }, 60_000);

  test("the compiler would object: a wrong value, a missing and an unknown member", async () => {
    const wrong: TypedBody[] = [
      { type: "discordPost", body: { embeds: [{ title: 5 }] } },
      { type: "discordPost", body: { embed: {} } },
      { type: "telegramMessage", body: { text: "no chat" } },
      { type: "slackMessage", body: { text: "", blocks: [{ type: "header", text: { type: "mrkdwn", text: "" } }] } },
    ];
    const errors = await typeErrorsIn(wrong);
    for (const words of ["Type 'number'", '"embed"', "'chat_id' is missing", '"mrkdwn"'])
      expect(errors).toContain(words);
  }, 60_000);

  test("Teams: every card is one of version 1.4 to the reader of Adaptive Cards, and what is newer has its fallback", () => {
    expect(cards.length).toBe(SHAPES.length);
    for (const card of cards) {
      expect(card).toMatchObject({ type: "AdaptiveCard", version: "1.4" });
      expect(problemsIn(card).filter((problem) => !/element type "CodeBlock"/.test(problem))).toEqual([]);
    }
    expect(problemsIn({ ...cards[0], body: [{ type: "TextBlock", text: "x", size: "Huge" }] })).toHaveLength(1);
  });
});

/** What the reader of Adaptive Cards, https://adaptivecards.io, says about a card. */
function problemsIn(card: unknown): string[] {
  const context = new SerializationContext(Versions.v1_4);
  new AdaptiveCard().parse(card, context);
  return Array.from({ length: context.eventCount }, (_, at) => {
    const { event, message } = context.getEventAt(at);
    return `${ValidationEvent[event]}: ${message}`;
  });
}
