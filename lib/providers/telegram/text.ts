import type { Notification } from "@/lib/core/notification";
import type { RenderContext } from "../contract";
import { linkOf, messagePieces, titlePieces } from "../kit/message-text";
import { cutTo, measure, oneLine } from "../kit/text";
import { footOf, footRoom, layOut, writeLayout } from "../kit/text-layout";
import { markUpCut, TELEGRAM_MARKUP } from "./markup";

/**
 * https://core.telegram.org/bots/api#sendmessage: "1-4096 characters after entities parsing". Telegram measures texts
 * in UTF-16 units (https://core.telegram.org/api/entities#entity-length), so markup and escapes are not counted.
 */
export const TELEGRAM_LIMITS = {
  title: { max: 256, unit: "utf16" },
  text: { max: 4096, unit: "utf16" },
} as const;

/** The message with markup and without, cut at the same place. */
export function composeTexts(
  notification: Notification,
  parseMode: keyof typeof TELEGRAM_MARKUP,
  context: RenderContext,
): { text: string; withoutMarkup: string } {
  const plain = TELEGRAM_MARKUP.none;
  const markup = TELEGRAM_MARKUP[parseMode];
  const pieces = titlePieces(notification, context);
  const title = cutTo(pieces, TELEGRAM_LIMITS.title);
  const link = linkOf(notification);
  const label = link ? cutTo(oneLine(link.label) || "Open", { max: 60, unit: "utf16" }) : "";
  const small = { max: 240, unit: "utf16" } as const;
  const linkSize = link ? measure(plain.link(label, link.url), "utf16") + 2 : 0;
  const rest = measure(title, "utf16") + 2 + linkSize + footRoom(notification, context, small) + 2;
  const layout = layOut(notification, context, { max: TELEGRAM_LIMITS.text.max - rest, unit: "utf16" }, plain);
  const footer = footOf(notification, context, layout.leftOut, small);

  const write = (how: typeof plain, parts: { title: string; layout: typeof layout }) =>
    [
      how.title(parts.title, pieces),
      writeLayout(parts.layout, how, link ? how.link(how.encode(label), link.url) : "", how.encode(footer)),
    ].join("\n\n");
  const { encode, encodeLog = encode } = markup;
  const marked = {
    message: markUpCut(layout.message, messagePieces(notification, context), encode),
    facts: layout.facts.map(({ name, value }) => ({ name: encode(name), value: encode(value) })),
    leftOut: layout.leftOut,
    log: encodeLog(layout.log),
  };
  return {
    text: write(markup, { title: markUpCut(title, pieces, encode), layout: marked }),
    withoutMarkup: write(plain, { title, layout }),
  };
}
