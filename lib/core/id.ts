import { randomBytes } from "node:crypto";
import { sharedState } from "./runtime";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** One sequence per process, whichever bundle asks. */
const sequence = sharedState("core.id", () => ({ lastMs: 0, counter: 0, tail: "" }));

/**
 * A new opaque id: prefix, then 10 characters of time, 4 of a counter within the millisecond and 8 random ones.
 * Ids of one process sort in the order of their creation, so that lists page by id
 * and the outbox keeps its order. Alphabet: Crockford base 32 in lower case.
 */
export function newId(prefix: string): string {
  const now = Date.now();
  if (now > sequence.lastMs) {
    sequence.lastMs = now;
    sequence.counter = 0;
    sequence.tail = randomTail();
  } else if (++sequence.counter >= 32 ** 4) {
    sequence.lastMs++;
    sequence.counter = 0;
  }
  return `${prefix}_${encode(sequence.lastMs, 10)}${encode(sequence.counter, 4)}${sequence.tail}`;
}

/** Sorts before every id with this prefix created at that time or later. @param at milliseconds */
export function idsSince(prefix: string, at: number): string {
  return `${prefix}_${encode(Math.max(0, at), 10)}`;
}

function encode(value: number, length: number): string {
  let rest = value;
  let text = "";
  for (let i = 0; i < length; i++) {
    text = ALPHABET[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function randomTail(): string {
  let text = "";
  for (const byte of randomBytes(8)) text += ALPHABET[byte % 32];
  return text;
}
