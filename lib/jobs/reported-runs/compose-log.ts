/** A text that was said about a run. */
export interface SaidText {
  /** Milliseconds. */
  at: number;
  message: string | null;
  log: string | null;
}

/** Of one log, in characters: what is beyond stands in no mail and on no screen. */
const LOG_CHARS = { head: 256 * 1024, tail: 256 * 1024 };
const PIECE_CHARS = 32 * 1024;
/** A text of which so much stands elsewhere already is a copy, with a line of its own at most. */
const COPIED = 0.8;

/**
 * The log of a run, from all that was said about it: the richest text whole, of the others only what it does not say. Several hooks
 * of one program send the same log, each cut to its own limit.
 * @returns pieces of lines, each line with the time when it arrived
 */
export function composeLog(texts: readonly SaidText[]): string[] {
  const bodies = texts
    .flatMap(({ at, log, message }) =>
      [log, message].flatMap((text) => (text?.trim() ? [{ at, text: text.trim() }] : [])),
    )
    .map((body, order) => ({ ...body, order, lines: body.text.split(/\r?\n/) }))
    .sort((a, b) => b.text.length - a.text.length);
  const known = new Set<string>();
  const kept: typeof bodies = [];
  for (const body of bodies) {
    const own = body.lines.filter((line) => line.trim() !== "" && line !== "...");
    const fresh = own.filter((line) => !known.has(line));
    if (fresh.length === 0) continue;
    const isCopy = known.size > 0 && 1 - fresh.length / own.length >= COPIED;
    kept.push({ ...body, lines: isCopy ? fresh : body.lines });
    for (const line of own) known.add(line);
  }
  kept.sort((a, b) => a.at - b.at || a.order - b.order);
  return piecesOf(cut(kept.flatMap(({ at, lines }) => lines.map((line) => `${timeOf(at)} ${line}\n`)).join("")));
}

function timeOf(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}

function cut(text: string): string {
  const { head, tail } = LOG_CHARS;
  if (text.length <= head + tail) return text;
  return `${text.slice(0, head)}\n… ${text.length - head - tail} characters left out …\n${text.slice(-tail)}`;
}

function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += PIECE_CHARS) pieces.push(text.slice(at, at + PIECE_CHARS));
  return pieces;
}
