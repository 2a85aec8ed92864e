import type { Notification } from "@/lib/core/notification";
import type { Limit, RenderContext } from "../contract";
import { linkOf, titlePieces } from "./message-text";
import { cutTo, measure, oneLine } from "./text";
import { footOf, footRoom, layOut, type Markup, writeLayout } from "./text-layout";

/** How a service marks up a message that is one text, title and link included. Its inputs are escaped already. */
export interface TextStyle extends Markup {
  title(title: string): string;
  link(label: string, url: string): string;
  footer(footer: string): string;
}

/** Plain text, for services without markup. */
export const PLAIN: TextStyle = {
  encode: (text) => text,
  title: (title) => title,
  fact: (name, value) => `${name}: ${value}`,
  log: (text) => text,
  link: (label, url) => `${label}: ${url}`,
  footer: (footer) => footer,
};

const TITLE_MAX = 1000;
const LABEL_MAX = 80;
const FOOTER_MAX = 160;
const BLANK_LINE = "\n\n";

/**
 * A whole message as one text under one limit: title, message, facts, log, link and small print, in this order.
 * Title, link and small print are always present; the others share the remaining room.
 */
export function composeText(
  notification: Notification,
  context: RenderContext,
  style: TextStyle,
  limit: Limit,
): string {
  const { encode } = style;
  const { unit } = limit;
  const size = (text: string) => (text ? measure(text, unit) + BLANK_LINE.length : 0);
  const titleMax = Math.min(TITLE_MAX, Math.floor(limit.max / 4));
  const title = style.title(cutTo(titlePieces(notification, context), { max: titleMax, unit }, encode));
  const link = linkLine(notification, style, { max: Math.floor(limit.max / 4), unit });
  const footLimit = { max: FOOTER_MAX, unit };
  const frame = measure(style.footer(""), unit) + footRoom(notification, context, footLimit, encode);
  const max = limit.max - size(title) - size(link) - frame - BLANK_LINE.length;
  const layout = layOut(notification, context, { max, unit }, style);
  const foot = style.footer(footOf(notification, context, layout.leftOut, footLimit, encode));
  return title + BLANK_LINE + writeLayout(layout, style, link, foot);
}

/** The whole link, or none where it would take more than its share. */
function linkLine(notification: Notification, { encode, link: write }: TextStyle, { max, unit }: Limit): string {
  const link = linkOf(notification);
  if (!link) return "";
  const line = write(cutTo(oneLine(link.label), { max: LABEL_MAX, unit }, encode), link.url);
  return measure(line, unit) <= max ? line : "";
}
