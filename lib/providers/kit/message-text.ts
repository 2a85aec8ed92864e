import type { Notification } from "@/lib/core/notification";
import type { RenderContext } from "../contract";
import { fillTemplate } from "./template";
import { clean, cutTo, oneLine, type Piece } from "./text";

/** A labelled address. */
interface Link {
  label: string;
  url: string;
}

/** Of an action: what buttons of all services show whole. */
const LABEL = { max: 60, unit: "codepoints" } as const;

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
export function linkOf(notification: Notification): Link | undefined {
  const { link } = notification;
  return link && isComplete(link) ? link : undefined;
}

/** What the reader can do from the message: those with a complete http(s) address, their labels short and in one line. */
export function actionsOf(notification: Notification): Link[] {
  return (notification.actions ?? [])
    .filter(isComplete)
    .map(({ label, url }) => ({ label: cutTo(oneLine(label), LABEL) || "Open", url }));
}

function isComplete({ url }: Link): boolean {
  return /^https?:\/\//.test(url) && url.length <= 2048 && !/\s/.test(url);
}
