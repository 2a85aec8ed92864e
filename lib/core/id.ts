import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

let lastMs = 0;
let counter = 0;
let tail = "";

/**
 * A new opaque id: prefix, then 10 characters of time, 4 of a counter within the millisecond and 8 of chance.
 * Ids of one process sort in the order in which they were made, so that lists page by id
 * and the outbox keeps its order. Alphabet: Crockford base 32 in lower case.
 */
export function newId(prefix: string): string {
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = 0;
    tail = randomTail();
  } else if (++counter >= 32 ** 4) {
    lastMs++;
    counter = 0;
  }
  return `${prefix}_${encode(lastMs, 10)}${encode(counter, 4)}${tail}`;
}

/** Sorts before every id with this prefix that was made at that time or later. @param at milliseconds */
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
