import type { Notification } from "@/lib/core/notification";
import type { RenderContext } from "../contract";
import { readMentions } from "../kit/mentions";
import { actionsOf, linkOf, messagePieces, titlePieces } from "../kit/message-text";
import { cutTo, measure, oneLine } from "../kit/text";
import { footOf, footRoom, layOut, writeLayout } from "../kit/text-layout";
import { markUpCut, TELEGRAM_MARKUP } from "./markup";
import { mentionLine, type TelegramEntity, telegramMentions } from "./mentions";

/**
 * https://core.telegram.org/bots/api#sendmessage: "1-4096 characters after entities parsing". Telegram measures texts
 * in UTF-16 units (https://core.telegram.org/api/entities#entity-length), so markup and escapes are not counted.
 */
export const TELEGRAM_LIMITS = {
  title: { max: 256, unit: "utf16" },
  text: { max: 4096, unit: "utf16" },
} as const;

interface Texts {
  text: string;
  withoutMarkup: string;
  /** Of the text without markup. */
  entities: TelegramEntity[];
}

/** The message with markup and without, cut at the same place. Who is mentioned stands in its last line. */
export function composeTexts(
  notification: Notification,
  parseMode: keyof typeof TELEGRAM_MARKUP,
  context: RenderContext,
): Texts {
  const plain = TELEGRAM_MARKUP.none;
  const markup = TELEGRAM_MARKUP[parseMode];
  const pieces = titlePieces(notification, context);
  const title = cutTo(pieces, TELEGRAM_LIMITS.title);
  const links = [linkOf(notification) ?? [], actionsOf(notification)]
    .flat()
    .map(({ label, url }) => ({ label: cutTo(oneLine(label) || "Open", { max: 60, unit: "utf16" }), url }));
  const small = { max: 240, unit: "utf16" } as const;
  const linkSize = links.reduce((sum, { label, url }) => sum + measure(plain.link(label, url), "utf16") + 2, 0);
  const mentions = mentionLine(readMentions(telegramMentions, context.mentions), markup);
  const mentionSize = mentions.plain ? measure(mentions.plain, "utf16") + 2 : 0;
  const rest = mentionSize + measure(title, "utf16") + 2 + linkSize + footRoom(notification, context, small) + 2;
  const layout = layOut(notification, context, { max: TELEGRAM_LIMITS.text.max - rest, unit: "utf16" }, plain);
  const footer = footOf(notification, context, layout.leftOut, small);

  const write = (how: typeof plain, parts: { title: string; layout: typeof layout }, last: string) =>
    [
      how.title(parts.title, pieces),
      writeLayout(
        parts.layout,
        how,
        ...links.map(({ label, url }) => how.link(how.encode(label), url)),
        how.encode(footer),
        last,
      ),
    ].join("\n\n");
  const { encode, encodeLog = encode } = markup;
  const marked = {
    message: markUpCut(layout.message, messagePieces(notification, context), encode),
    facts: layout.facts.map(({ name, value }) => ({ name: encode(name), value: encode(value) })),
    leftOut: layout.leftOut,
    log: encodeLog(layout.log),
  };
  const withoutMarkup = write(plain, { title, layout }, mentions.plain);
  const start = withoutMarkup.length - mentions.plain.length;
  return {
    text: write(markup, { title: markUpCut(title, pieces, encode), layout: marked }, mentions.marked),
    withoutMarkup,
    entities: mentions.entities.map((one) => ({ ...one, offset: start + one.offset })),
  };
}
