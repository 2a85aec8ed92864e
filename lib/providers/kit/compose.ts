import type { Notification } from "@/lib/core/notification";
import type { Limit, RenderContext } from "../contract";
import { actionsOf, linkOf, titlePieces } from "./message-text";
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
 * A whole message as one text under one limit: title, message, facts, log, link, actions and small print, in this order.
 * Title, links and small print are always present; the others share the remaining room.
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
  const links = linkLines(notification, style, { max: Math.floor(limit.max / 4), unit });
  const footLimit = { max: FOOTER_MAX, unit };
  const frame = measure(style.footer(""), unit) + footRoom(notification, context, footLimit, encode);
  const forLinks = links.reduce((sum, line) => sum + size(line), 0);
  const max = limit.max - size(title) - forLinks - frame - BLANK_LINE.length;
  const layout = layOut(notification, context, { max, unit }, style);
  const foot = style.footer(footOf(notification, context, layout.leftOut, footLimit, encode));
  return title + BLANK_LINE + writeLayout(layout, style, ...links, foot);
}

/** A line for the link and for each action, whole; without those that would take more than their share. */
function linkLines(notification: Notification, { encode, link: write }: TextStyle, { max, unit }: Limit): string[] {
  return [linkOf(notification) ?? [], actionsOf(notification)]
    .flat()
    .map(({ label, url }) => write(cutTo(oneLine(label), { max: LABEL_MAX, unit }, encode), url))
    .filter((line) => measure(line, unit) <= max);
}
