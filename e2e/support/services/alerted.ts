import { isObject } from "@/lib/providers/kit/json-body";

/** Whom a message alerts, by the id or name that the service knows: each as its service documents it. */
export const ALERTED: Record<string, (message: Record<string, unknown>) => string[]> = {
  discord: discordAlerts,
  slack: slackAlerts,
  mattermost: mattermostAlerts,
  teams: teamsAlerts,
  matrix: matrixAlerts,
  telegram: telegramAlerts,
};

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

const listed = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/**
 * The content alone, and of it what `allowed_mentions` lets through; embeds alert nobody:
 * https://discord.com/developers/docs/resources/message#allowed-mentions-object
 */
function discordAlerts({ content, allowed_mentions }: Record<string, unknown>): string[] {
  const allowed = isObject(allowed_mentions) ? allowed_mentions : { parse: ["everyone", "roles", "users"] };
  const parse = listed(allowed.parse);
  return [...String(content ?? "").matchAll(/<@([&!]?)(\d+)>|@(everyone|here)/g)].flatMap(([, sign, id, all]) => {
    if (all) return parse.includes("everyone") ? [`@${all}`] : [];
    const kind = sign === "&" ? "roles" : "users";
    return parse.includes(kind) || listed(allowed[kind]).includes(String(id)) ? [`${kind} ${id}`] : [];
  });
}

/** Marked-up texts, wherever they stand: https://docs.slack.dev/messaging/formatting-message-text#advanced */
function slackAlerts({ text, blocks, attachments }: Record<string, unknown>): string[] {
  const marked = (value: unknown): string[] => {
    if (Array.isArray(value)) return value.flatMap(marked);
    if (!isObject(value)) return [];
    if (value.type === "mrkdwn") {
      const plain = value.verbatim === true ? [] : [...String(value.text).matchAll(/@(here|channel|everyone)/g)];
      return [String(value.text), ...plain.map(([name]) => `<!${name.slice(1)}>`)];
    }
    return Object.values(value).flatMap(marked);
  };
  const all = [String(text ?? ""), ...marked(blocks), ...marked(attachments)].join("\n");
  return [...all.matchAll(/<(@[UW]\w+|!subteam\^\w+|!here|!channel|!everyone)(\|[^>]*)?>/g)].map(
    ([, name = ""]) => name,
  );
}

/** Any `@name` that does not follow a letter, and Slack's words: https://docs.mattermost.com/end-user-guide/collaborate/mention-people.html */
function mattermostAlerts({ text, attachments }: Record<string, unknown>): string[] {
  const all = [...textsOf(text), ...textsOf(attachments)].join("\n");
  return [...all.matchAll(/(?<![A-Za-z0-9])@([a-z0-9][\w.-]*)|<!(\w+)>/g)].map(([, name, word]) => `@${name ?? word}`);
}

/** The entities whose text stands in the card: https://learn.microsoft.com/en-us/microsoftteams/platform/task-modules-and-cards/cards/cards-format#mention-support-within-adaptive-cards */
function teamsAlerts({ attachments }: Record<string, unknown>): string[] {
  const [attachment] = Array.isArray(attachments) ? attachments : [];
  const content = isObject(attachment) && isObject(attachment.content) ? attachment.content : {};
  const entities = isObject(content.msteams) && Array.isArray(content.msteams.entities) ? content.msteams.entities : [];
  const body = textsOf(content.body).join("\n");
  return entities.flatMap((one) =>
    isObject(one) && isObject(one.mentioned) && body.includes(String(one.text)) ? [String(one.mentioned.id)] : [],
  );
}

/** `m.mentions` alone, since there is one: https://spec.matrix.org/latest/client-server-api/#user-and-room-mentions */
function matrixAlerts({ "m.mentions": mentions, body }: Record<string, unknown>): string[] {
  if (!isObject(mentions)) return String(body).includes("@room") ? ["@room"] : [];
  return [...listed(mentions.user_ids), ...(mentions.room === true ? ["@room"] : [])];
}

const MEMBERS = ["@ann_example", "@ops_bot"];

/** Members by their user name, and by id where the markup or an entity says so: https://core.telegram.org/bots/api#formatting-options */
function telegramAlerts({ text, entities }: Record<string, unknown>): string[] {
  const written = String(text).replaceAll("\\_", "_");
  const names = [...written.matchAll(/(?<!\w)@\w{4,}/g)].map(([name]) => name).filter((name) => MEMBERS.includes(name));
  const links = [...written.matchAll(/tg:\/\/user\?id=(\d+)["\\)]/g)].map(([, id = ""]) => id);
  const marked = (Array.isArray(entities) ? entities : []).flatMap((one) =>
    isObject(one) && one.type === "text_mention" && isObject(one.user) ? [String(one.user.id)] : [],
  );
  return [...names, ...links, ...marked];
}
