import { escapeHtmlText } from "../kit/html-text";
import { CUT_MARK, type Escape, join, type Piece } from "../kit/text";
import type { Markup } from "../kit/text-layout";

/** One of Telegram's ways to mark up a text: https://core.telegram.org/bots/api#formatting-options */
export interface TelegramMarkup extends Markup {
  title(text: string, pieces: readonly Piece[]): string;
  link(label: string, url: string): string;
}

const asIs: Escape = (text) => text;
const RESERVED = /[_*[\]()~`>#+\-=|{}.!\\]/g;
const IN_CODE = /[`\\]/g;
const IN_ADDRESS = /[)\\]/g;
const OWN_EMPHASIS = /[*_~|`[]/;

/** MarkdownV2 reserves all of these everywhere; an unescaped one makes Telegram refuse the whole message. */
export function escapeMarkdownV2(text: string): string {
  return text.replace(RESERVED, "\\$&");
}

export const TELEGRAM_MARKUP: Record<"HTML" | "MarkdownV2" | "none", TelegramMarkup> = {
  HTML: {
    // Telegram refuses all but its four named entities.
    encode: escapeHtmlText,
    title: (text) => `<b>${text}</b>`,
    fact: (name, value) => `<b>${name}:</b> ${value}`,
    log: (text) => `<pre>${text}</pre>`,
    link: (label, url) => `<a href="${escapeHtmlText(url).replaceAll('"', "&quot;")}">${label}</a>`,
  },
  MarkdownV2: {
    encode: escapeMarkdownV2,
    encodeLog: (text) => text.replace(IN_CODE, "\\$&"),
    // Bold inside bold would end it.
    title: (text, pieces) => (pieces.some(({ text, raw }) => raw && OWN_EMPHASIS.test(text)) ? text : `*${text}*`),
    fact: (name, value) => `*${name}:* ${value}`,
    log: (text) => `\`\`\`\n${text}\n\`\`\``,
    link: (label, url) => `[${label}](${url.replace(IN_ADDRESS, "\\$&")})`,
  },
  none: {
    encode: asIs,
    title: asIs,
    fact: (name, value) => `${name}: ${value}`,
    log: asIs,
    link: (label, url) => `${label}: ${url}`,
  },
};

/**
 * Marks up a text that was cut as plain text: Telegram counts the text without its markup, so markup and
 * escapes are free. @param cut the pieces joined, or their head with the mark of a cut
 */
export function markUpCut(cut: string, pieces: readonly Piece[], encode: Escape): string {
  if (cut === join(pieces)) return join(pieces, encode);
  let rest = cut.length - CUT_MARK.length;
  let out = "";
  for (const { text, raw } of pieces) {
    if (rest <= 0) break;
    const head = text.slice(0, rest);
    out += raw ? head : encode(head);
    rest -= text.length;
  }
  return out + CUT_MARK;
}
