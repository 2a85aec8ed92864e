import type { Notification } from "@/lib/core/notification";
import type { RenderContext } from "../contract";
import { fillTemplate } from "./template";
import { clean, oneLine, type Piece } from "./text";

/** The title in one line: the custom text when there is one, otherwise the event's. Never empty. */
export function titlePieces(notification: Notification, context: RenderContext): Piece[] {
  const own = context.own?.title ? each(fillTemplate(context.own.title, context.own.values), flat) : [];
  if (own.some((piece) => piece.text.trim())) return own;
  return [{ text: oneLine(notification.title) || notification.typeName }];
}

/** The message in plain lines: the custom text when there is one, otherwise the event's. */
export function messagePieces(notification: Notification, context: RenderContext): Piece[] {
  if (context.own?.message) return each(fillTemplate(context.own.message, context.own.values), clean);
  return [{ text: clean(notification.message).trim() }];
}

function each(pieces: Piece[], change: (text: string) => string): Piece[] {
  return pieces.map((piece) => ({ ...piece, text: change(piece.text) }));
}

/** One line, keeping the spaces at its ends, which separate it from its neighbours. */
function flat(text: string): string {
  return clean(text).replace(/\s+/g, " ");
}

/** The link, when it is a complete http(s) address. */
export function linkOf(notification: Notification): { label: string; url: string } | undefined {
  const { link } = notification;
  return link && /^https?:\/\//.test(link.url) && link.url.length <= 2048 && !/\s/.test(link.url) ? link : undefined;
}
