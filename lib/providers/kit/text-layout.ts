import type { Notification } from "@/lib/core/notification";
import type { Limit, RenderContext } from "../contract";
import { footerOf, notificationFacts } from "./facts";
import { localTimeText } from "./local-time";
import { cutLog } from "./log-cut";
import { messagePieces } from "./message-text";
import { cutTo, type Escape, measure, oneLine } from "./text";

/** The markup of a service that shows one text without structure. Its inputs are escaped already. */
export interface Markup {
  encode: Escape;
  /** One line. */
  fact(name: string, value: string): string;
  log(text: string): string;
  /** Inside a log; the same as `encode` by default. */
  encodeLog?: Escape;
}

/** The parts of one text, cut and escaped. */
export interface TextLayout {
  message: string;
  facts: { name: string; value: string }[];
  /** Facts that had no room. */
  leftOut: number;
  log: string;
}

const NAME_MAX = 100;
const VALUE_MAX = 300;
const FACTS_MAX = 40;
/** A shorter excerpt of a log is of no use. */
const LOG_MIN = 40;

/**
 * Shares the room of one text among message, facts and log: the message keeps a third, however long the others are.
 * @param limit of the three together with the blank lines between them
 */
export function layOut(
  notification: Notification,
  context: RenderContext,
  limit: Limit,
  { encode, encodeLog = encode, fact, log: block }: Markup,
): TextLayout {
  const { unit } = limit;
  const third = Math.floor(limit.max / 3);
  const facts = shortFacts(notification, context, limit, encode);
  const sizes = facts.map(({ name, value }) => measure(fact(name, value), unit) + 1);
  const factsWanted = sizes.length > 0 ? sizes.reduce((sum, size) => sum + size, 1) : 0;

  const frame = measure(block(""), unit) + 2;
  const logSize = context.log ? Math.min(limit.max, measure(encodeLog(headOf(context.log, limit.max)), unit)) : 0;
  const logWanted = logSize > 0 ? Math.min(third, logSize + frame) : 0;

  const pieces = messagePieces(notification, context).map((piece) => ({
    ...piece,
    text: headOf(piece.text, limit.max),
  }));
  const forMessage = Math.max(0, limit.max - Math.min(third, factsWanted) - logWanted);
  const message = cutTo(pieces, { max: forMessage, unit }, encode);
  let room = limit.max - measure(message, unit);

  let used = 1;
  let count = 0;
  while (count < sizes.length && used + (sizes[count] ?? 0) <= room - logWanted) used += sizes[count++] ?? 0;
  if (count > 0) room -= used;

  const max = room - frame;
  const hasLog = logSize > 0 && max >= Math.min(LOG_MIN, logSize);
  return {
    message,
    facts: facts.slice(0, count),
    leftOut: notification.fields.length + (notification.times?.length ?? 0) - count,
    log: hasLog ? cutLog(context.log ?? "", { max, unit }, encodeLog) : "",
  };
}

/** The parts as one text, with a blank line between them. */
export function writeLayout({ message, facts, log }: TextLayout, markup: Markup, ...foot: string[]): string {
  const lines = facts.map(({ name, value }) => markup.fact(name, value)).join("\n");
  return [message, lines, log ? markup.log(log) : "", ...foot].filter(Boolean).join("\n\n");
}

/** The small print below a text, cut and escaped: the kind of event, the installation, and how many facts had no room. */
export function footOf(
  notification: Notification,
  context: RenderContext,
  leftOut: number,
  limit: Limit,
  encode?: Escape,
): string {
  const count = leftOut > 0 ? ` · ${leftOut} more not shown` : "";
  const max = limit.max - measure(count, limit.unit);
  return cutTo(headOf(footerOf(notification, context), limit.max), { ...limit, max }, encode) + count;
}

/** The largest size of the small print: how many facts have no room is known only after the layout. */
export function footRoom(notification: Notification, context: RenderContext, limit: Limit, encode?: Escape): number {
  const hasFacts = notification.fields.length + (notification.times?.length ?? 0) > 0;
  return measure(footOf(notification, context, hasFacts ? 999 : 0, limit, encode), limit.unit);
}

/** As much of a text as can matter when at most `max` units stay: escaping 100 kB to keep 100 is slow. */
function headOf(text: string, max: number): string {
  return text.length > 2 * max + 256 ? text.slice(0, 2 * max + 256) : text;
}

function shortFacts(notification: Notification, context: RenderContext, { unit }: Limit, encode: Escape) {
  return notificationFacts(notification, (at) => localTimeText(at, context.timezone))
    .slice(0, FACTS_MAX)
    .map(({ name, value }) => ({
      name: cutTo(headOf(name, NAME_MAX), { max: NAME_MAX, unit }, encode),
      value: cutTo(oneLine(headOf(value, 4 * VALUE_MAX)), { max: VALUE_MAX, unit }, encode),
    }));
}
