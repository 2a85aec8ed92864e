import type { Limit, LimitUnit } from "./limit";

/** The visible mark where a text was cut. */
export const CUT_MARK = "…";

const PLAIN = /^[\n\x20-\x7e]*$/;
const HIGH_SURROGATE = /[\ud800-\udbff]/;
/** NUL and the other control characters, and direction overrides. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is the purpose
const UNWANTED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Text of several lines without control characters, lone surrogates or direction overrides. Lines end in LF. */
export function clean(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, "\n")
    .replace(UNWANTED, "")
    .toWellFormed();
}

/** The same in one line: safe where CR or LF would end a header or a command. */
export function oneLine(text: string): string {
  return clean(text).replace(/\s+/g, " ").trim();
}

/** The size of a text in a limit's unit. */
export function measure(text: string, unit: LimitUnit): number {
  if (unit === "utf16") return text.length;
  if (unit === "bytes") return Buffer.byteLength(text);
  if (!HIGH_SURROGATE.test(text)) return text.length;
  let count = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0xd800 && code <= 0xdbff) {
      const next = text.charCodeAt(i + 1);
      if (next >= 0xdc00 && next <= 0xdfff) {
        count--;
        i++;
      }
    }
  }
  return count;
}

/**
 * A stretch of a text. `raw` ones are the user's own markup from a template and are sent unchanged;
 * the others are data and are escaped for the service.
 */
export interface Piece {
  text: string;
  raw?: boolean;
}

export type Escape = (text: string) => string;

const asIs: Escape = (text) => text;

/** Pieces escaped and joined, without any limit. */
export function join(pieces: readonly Piece[], encode: Escape = asIs): string {
  if (pieces.length === 1 && pieces[0]) return pieces[0].raw ? pieces[0].text : encode(pieces[0].text);
  return pieces.map((piece) => (piece.raw ? piece.text : encode(piece.text))).join("");
}

/**
 * Escapes a text and makes it fit: cut on a grapheme boundary of the plain text, so never inside an escape,
 * but measured as it is sent. A text that fits is returned whole; a cut one ends in `…`.
 * @param max counted in `limit.unit`; below the size of the mark the result is empty
 */
export function cutTo(source: string | readonly Piece[], limit: Limit, encode: Escape = asIs): string {
  const pieces: readonly Piece[] = typeof source === "string" ? [{ text: source }] : source;
  const whole = join(pieces, encode);
  // No unit counts more than four bytes or fewer than half a code unit.
  if (whole.length * (limit.unit === "bytes" ? 3 : 1) <= limit.max || measure(whole, limit.unit) <= limit.max)
    return whole;
  let room = limit.max - measure(CUT_MARK, limit.unit);
  if (room < 0) return "";
  let head = "";
  for (const piece of pieces) {
    const sent = piece.raw ? piece.text : encode(piece.text);
    const size = measure(sent, limit.unit);
    if (size <= room) {
      head += sent;
      room -= size;
      continue;
    }
    head += longestHead(piece.text, room, limit.unit, piece.raw ? asIs : encode);
    break;
  }
  return head.trimEnd() + CUT_MARK;
}

/** The longest head of a text, whole graphemes only, whose escaped form has at most `room`. */
function longestHead(text: string, room: number, unit: LimitUnit, encode: Escape): string {
  const most = mostThatFit(text.length, room, unit, (count) => measure(encode(text.slice(0, count)), unit));
  return encode(text.slice(0, boundaryBefore(text, most)));
}

/**
 * The most code units of a text whose escaped form has at most `room`. It guesses by the size of the last part it measured,
 * which is right at once for usual texts, and halves the range when the guesses do not help.
 * @param sizeOf the escaped size of so many code units: grows with them, and escaping never shortens
 */
export function mostThatFit(length: number, room: number, unit: LimitUnit, sizeOf: (count: number) => number): number {
  let low = 0;
  // No need to look at all of 100 kB: no unit counts fewer than half a code unit.
  let high = Math.min(length, unit === "codepoints" ? room * 2 : room);
  let guess = Math.min(high, room);
  for (let turn = 1; low < high; turn++) {
    const size = sizeOf(guess);
    if (size <= room) low = guess;
    else high = guess - 1;
    const next = turn % 3 === 0 ? Math.ceil((low + high) / 2) : Math.floor((guess * room) / Math.max(1, size));
    guess = Math.max(low + 1, Math.min(high, next));
  }
  return low;
}

let segmenter: Intl.Segmenter | undefined;

/** The last grapheme boundary at or before `index`; within one endless grapheme, a code point boundary. */
function boundaryBefore(text: string, index: number): number {
  if (index <= 0 || index >= text.length) return Math.max(0, Math.min(index, text.length));
  if (text.charCodeAt(index - 1) < 0x80 && text.charCodeAt(index) < 0x80) return index;
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  // A window is enough, and cheap in a long text.
  const start = Math.max(0, index - 256);
  const segment = segmenter.segment(text.slice(start, index + 64)).containing(index - start);
  if (!segment) return index;
  const boundary = start + segment.index;
  if (boundary > start || start === 0) {
    if (boundary > 0) return boundary;
  }
  const code = text.charCodeAt(index);
  return code >= 0xdc00 && code <= 0xdfff ? index - 1 : index;
}
