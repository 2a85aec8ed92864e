import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { ALERTED } from "@/e2e/support/services/alerted";
import { forForms as discord } from "@/e2e/support/services/discord";
import { forForms as matrix } from "@/e2e/support/services/matrix";
import { forForms as mattermost } from "@/e2e/support/services/mattermost";
import type { FormTarget } from "@/e2e/support/services/service";
import { forForms as slack } from "@/e2e/support/services/slack";
import { forForms as teams } from "@/e2e/support/services/teams";
import { forForms as telegram } from "@/e2e/support/services/telegram";
import { MENTIONS_MAX } from "@/lib/core/delivery";
import type { Provider, ProviderIo } from "./contract";
import { createHttp } from "./kit/http";
import { createMail } from "./kit/mail";
import { measure } from "./kit/text";
import { allProviders, providerOf } from "./registry";

/*
 * Who is mentioned is alerted by the service, and nobody else: whatever a job, a log or a custom text is called.
 */

const http = createHttp({ egress: "any", userAgent: "Belfry/test" });
const mail = createMail({ egress: "any" });
const io: ProviderIo = { http, mail };
afterAll(async () => {
  await http.close();
  await mail.close();
});

interface Line {
  start(): Promise<FormTarget>;
  config(url: string): Record<string, unknown>;
  mentions: string[];
  /** Whom the service alerts, by the id or name that it knows. */
  alerted: string[];
  /** Where they stand in the request. */
  wire: unknown;
  /** What looks like a mention and is none here. */
  refused: string[];
}

const GUID = "0d4b9a2e-8f2c-4f0e-9a53-1b0f3a1d2c4e";
const LINES: Record<string, Line> = {
  discord: {
    ...discord,
    async start() {
      const server = await discord.start();
      server.limitRate(false);
      return server;
    },
    mentions: ["<@&123456789012345678>", "<@!223456789012345678>", "<@&123456789012345678>"],
    alerted: ["roles 123456789012345678", "users 223456789012345678"],
    wire: {
      content: "<@&123456789012345678> <@223456789012345678>",
      allowed_mentions: { parse: [], roles: ["123456789012345678"], users: ["223456789012345678"] },
    },
    refused: ["@everyone", "@here", "123456789012345678", "<#123456789012345678>", "<@&12>", "<@1> x"],
  },
  slack: {
    ...slack,
    mentions: ["<!subteam^S0123ABCD|@ops>", "<@U0123ABCD>"],
    alerted: ["!subteam^S0123ABCD", "@U0123ABCD"],
    wire: {
      blocks: [
        { type: "header", text: { type: "plain_text", text: expect.any(String), emoji: true } },
        {
          type: "section",
          text: { type: "mrkdwn", text: "<!subteam^S0123ABCD> <@U0123ABCD>", verbatim: true },
        },
      ],
    },
    refused: ["@here", "@channel", "<!everyone>", "<https://x.example|x>", "U0123ABCD", "<@U0123ABCD> <!channel>"],
  },
  mattermost: {
    ...mattermost,
    mentions: ["@ann", "@Ops-Team"],
    alerted: ["@ann", "@ops-team"],
    wire: { text: "@ann @ops-team" },
    refused: ["ann", "@ann @all", "<!channel>", "@", "@an n"],
  },
  teams: {
    ...teams,
    mentions: ["Ann Example <ann@example.org>", GUID],
    alerted: ["ann@example.org", GUID],
    wire: {
      attachments: [
        expect.objectContaining({
          content: expect.objectContaining({
            msteams: {
              width: "Full",
              entities: [
                {
                  type: "mention",
                  text: "<at>Ann Example</at>",
                  mentioned: { name: "Ann Example", id: "ann@example.org" },
                },
                { type: "mention", text: `<at>${GUID}</at>`, mentioned: { name: GUID, id: GUID } },
              ],
            },
            body: expect.arrayContaining([
              { type: "TextBlock", id: "mentions", text: `<at>Ann Example</at> <at>${GUID}</at>`, wrap: true },
            ]),
          }),
        }),
      ],
    },
    refused: ["@ann", "Ann", "<at>Ann</at>", "<ann@example.org>", "A</at> <ann@example.org>"],
  },
  matrix: {
    ...matrix,
    mentions: ["@ann:example.org", "@ops_team=1:chat.example.org:8448"],
    alerted: ["@ann:example.org", "@ops_team=1:chat.example.org:8448"],
    wire: {
      "m.mentions": { user_ids: ["@ann:example.org", "@ops_team=1:chat.example.org:8448"] },
      body: expect.stringMatching(/^@ann:example\.org @ops_team=1:chat\.example\.org:8448\nmedia-library/),
      formatted_body: expect.stringContaining(
        '<a href="https://matrix.to/#/%40ann%3Aexample.org">@ann:example.org</a> <a href=',
      ),
    },
    refused: ["@room", "ann:example.org", "@ann", '@a"b:example.org', "@ann:example.org/x", "@ann:"],
  },
  telegram: {
    ...telegram,
    mentions: ["@ann_example", "Bob <123456789>"],
    alerted: ["@ann_example", "123456789"],
    wire: { text: expect.stringMatching(/\n\n@ann\\_example \[Bob\]\(tg:\/\/user\?id=123456789\)$/) },
    refused: ["ann", "@an", "Bob", "Bob <x>", "<123456789>", '"> <1>'],
  },
};

describe.each(Object.entries(LINES))("%s", (id, line) => {
  const provider = providerOf(id) as Provider;
  let target: FormTarget & { requests: { body: string }[] };
  beforeAll(async () => {
    target = (await line.start()) as typeof target;
  });
  afterAll(() => target.close());

  const send = async (more: object, context: object, extra: Record<string, unknown> = {}) => {
    const config = provider.parse({ ...line.config(target.url), ...extra });
    const outcome = await provider.send(
      provider.render(sampleNotification(more), config, sampleContext(context)),
      config,
      io,
    );
    expect(outcome).toMatchObject({ kind: "sent" });
    return JSON.parse(target.requests.at(-1)?.body ?? "") as Record<string, unknown>;
  };

  test("alerts whom it names, once each, and the preview says whom", async () => {
    const message = await send({}, { mentions: line.mentions });
    expect(message).toMatchObject(line.wire as object);
    expect(ALERTED[id]?.(message)).toEqual(line.alerted);
    const config = provider.parse(provider.example);
    const show = (mentions: string[]) =>
      JSON.stringify(
        provider.preview(provider.render(sampleNotification(), config, sampleContext({ mentions })), config),
      );
    expect(show(line.mentions)).not.toBe(show([]));
  });

  test.each(Object.entries(HOSTILE_NAMES))("pain 48: a name (%s) alerts nobody more", async (_, name) => {
    const own = { title: "{{job.name}}", message: "{{job.name}}", values: { job: { name } } };
    const fields = [{ label: name, value: name }];
    for (const context of [{ log: name, installation: { name, url: null } }, { own }]) {
      const some = await send({ title: name, message: name, fields }, { ...context, mentions: line.mentions });
      expect(ALERTED[id]?.(some)).toEqual(line.alerted);
      const none = await send({ title: name, message: name, fields }, context);
      expect(ALERTED[id]?.(none)).toEqual([]);
    }
  });

  test("what is not in its format is refused, and never sent", async () => {
    const format = provider.messageOptions.mentions;
    for (const text of [...line.refused, ...Object.values(HOSTILE_NAMES)]) {
      expect(format?.read(text), text.slice(0, 40)).toBeNull();
    }
    const stored = [...line.refused, ...Object.values(HOSTILE_NAMES).map((text) => text.slice(0, 200))];
    expect(await send({}, { mentions: stored })).toEqual({ ...(await send({}, {})) });
  });

  test("as many as are allowed fit, and every limit holds", () => {
    const config = provider.parse(provider.example);
    const long = "x".repeat(20_000);
    const mentions = Array.from({ length: MENTIONS_MAX }, (_, index) => longMention(id, index));
    for (const mention of mentions) expect(provider.messageOptions.mentions?.read(mention)).not.toBeNull();
    const fields = Array.from({ length: 40 }, () => ({ label: long, value: long }));
    const payload = provider.render(
      sampleNotification({ title: long, message: long, fields }),
      config,
      sampleContext({ mentions, log: long }),
    );
    for (const [name, texts] of Object.entries(provider.parts(payload))) {
      const limit = provider.limits[name];
      for (const text of texts)
        expect(measure(text, limit?.unit ?? "bytes"), name).toBeLessThanOrEqual(limit?.max ?? 0);
    }
  });
});

/** The longest that the format takes, each another. */
function longMention(id: string, index: number): string {
  const two = String(index + 10);
  if (id === "discord") return `<@&123456789012345678${two}>`;
  if (id === "slack") return `<!subteam^S0123456789ABCDEFG${two}>`;
  if (id === "mattermost") return `@${"a".repeat(62)}${two}`;
  if (id === "teams") return `${"N".repeat(62)}${two} <ann${"n".repeat(50)}${two}@example.org>`;
  if (id === "matrix") return `@${"a".repeat(100)}${two}:example.org`;
  return `${"N".repeat(62)}${two} <12345678901234${two}>`;
}

test("exactly these services have mentions; each says how they are entered", () => {
  const having = allProviders().filter(({ messageOptions }) => messageOptions.mentions);
  expect(having.map(({ id }) => id).sort()).toEqual(Object.keys(LINES).sort());
  for (const { id, messageOptions } of having) {
    const { example = "", hint = "", refusal = "", read } = messageOptions.mentions ?? {};
    expect(read?.(example), id).not.toBeNull();
    expect(hint, id).toMatch(/^[A-Z].{20,200}[^.]$/);
    expect(refusal, id).toMatch(/^[A-Z].{20,200}\.$/);
    // The form separates several by commas.
    expect(example).not.toContain(",");
  }
});

test("a service without mentions sends the same with them", () => {
  for (const provider of allProviders().filter(({ messageOptions }) => !messageOptions.mentions)) {
    const config = provider.parse(provider.example);
    const send = (context: object) => provider.render(sampleNotification(), config, sampleContext(context));
    expect(send({ mentions: ["@everyone", "<@1>"] }), provider.id).toEqual(send({}));
  }
});

test("Telegram: in plain text a person by id is an entity at the right place", async () => {
  const provider = providerOf("telegram") as Provider;
  const config = provider.parse({ ...(provider.example as object), parseMode: "none" });
  const { message } = provider.render(
    sampleNotification({ title: "🙂 down" }),
    config,
    sampleContext({ mentions: ["@ann_example", "Bob B. <123456789>"] }),
  ) as { message: { text: string; entities: { offset: number; length: number; user: { id: number } }[] } };
  const [entity] = message.entities;
  expect(message.text.slice(entity?.offset, (entity?.offset ?? 0) + (entity?.length ?? 0))).toBe("Bob B.");
  expect(entity?.user).toEqual({ id: 123_456_789 });
});
