import { formatBytes } from "@/lib/core/format-units";
import type { Limit } from "../contract";
import { clean, cutTo, type Escape, measure, mostThatFit } from "./text";

/**
 * A log that fits: both ends are kept, since the head shows what was tried and the tail how it ended,
 * and a line in the middle shows how much was cut. The tail gets two thirds.
 */
export function cutLog(log: string, limit: Limit, encode: Escape = (text) => text): string {
  const text = clean(log).trimEnd();
  // Escaping never shortens a text: one that is far too long need not be escaped as a whole first.
  if (text.length <= limit.max * (limit.unit === "codepoints" ? 2 : 1)) {
    const whole = encode(text);
    if (measure(whole, limit.unit) <= limit.max) return whole;
  }
  const sized = (bytes: number) => `\n… ${formatBytes(bytes)} cut …\n`;
  const room = limit.max - measure(sized(Buffer.byteLength(text)), limit.unit) - 4;
  if (room < 20) return cutTo(text, limit, encode);
  const headRoom = Math.floor(room / 3);
  const head = endsOf(text, headRoom, limit, encode, false);
  const tail = endsOf(text, room - headRoom, limit, encode, true);
  const cut = Buffer.byteLength(text) - Buffer.byteLength(head) - Buffer.byteLength(tail);
  return encode(head) + sized(Math.max(0, cut)) + encode(tail);
}

/** Whole lines from one end where they fit, otherwise as many characters as do. */
function endsOf(text: string, room: number, limit: Limit, encode: Escape, fromEnd: boolean): string {
  const partOf = (count: number) => (fromEnd ? text.slice(text.length - count) : text.slice(0, count));
  const sizeOf = (count: number) => measure(encode(partOf(count)), limit.unit);
  const part = partOf(mostThatFit(text.length, room, limit.unit, sizeOf));
  if (fromEnd) {
    const line = part.indexOf("\n");
    if (line >= 0 && line < part.length / 2) return part.slice(line + 1);
    return part.replace(/^[\udc00-\udfff]/, "").replace(/^\p{M}+/u, "");
  }
  const line = part.lastIndexOf("\n");
  if (line > part.length / 2) return part.slice(0, line);
  return part.replace(/[\ud800-\udbff]$/, "");
}
