import type { MentionFormat } from "../contract";
import { nameAndId } from "../kit/mentions";
import { TELEGRAM_MARKUP, type TelegramMarkup } from "./markup";

/** A person by user name, or by number with the name that the message shows. */
export type TelegramMention = { username: string } | { id: string; name: string };

/** https://core.telegram.org/bots/api#formatting-options: "inline mention of a user", and user names as they are. */
export const telegramMentions: MentionFormat<TelegramMention> = {
  example: "@ann_example",
  hint: "A person as @username, or as Ann <123456789> by their user ID; they must be in the chat",
  refusal: "Telegram mentions a person as @username, or by user ID as Ann <123456789>.",
  read(text) {
    const [username] = /^@[A-Za-z]\w{3,31}$/.exec(text.trim()) ?? [];
    return username ? { username } : nameAndId(text, /^\d{3,16}$/);
  },
};

/** Who stands in a text without markup as a name alone. */
export interface TelegramEntity {
  type: "text_mention";
  /** In UTF-16 units. */
  offset: number;
  length: number;
  user: { id: number };
}

/** The mentions of a message as its last line. */
export interface MentionLine {
  marked: string;
  plain: string;
  /** For the plain line, counted from its start. */
  entities: TelegramEntity[];
}

/** Writes the mentions for one way to mark up a text, and without any. */
export function mentionLine(mentions: readonly TelegramMention[], markup: TelegramMarkup): MentionLine {
  const line: MentionLine = { marked: "", plain: "", entities: [] };
  for (const one of mentions) {
    const space = line.plain ? " " : "";
    const name = "username" in one ? one.username : one.name;
    if ("id" in one) {
      const offset = line.plain.length + space.length;
      line.entities.push({ type: "text_mention", offset, length: name.length, user: { id: Number(one.id) } });
    }
    const written = markup.encode(name);
    // Without markup the entity alone makes it a mention.
    const isLink = "id" in one && markup !== TELEGRAM_MARKUP.none;
    line.marked += space + (isLink ? markup.link(written, `tg://user?id=${one.id}`) : written);
    line.plain += space + name;
  }
  return line;
}
