import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { uncompress } from "snappyjs";

/** A line of a log. */
export interface LokiLine {
  /** Milliseconds since 1970; undefined where its time is none. */
  at: number | undefined;
  text: string;
}

/** What a push may become. Promtail and Alloy send batches of 1 MB. */
const UNPACKED_BYTES = 4 * 1024 * 1024;
/** Lines may be empty: their number is held as well. */
const MAX_LINES = 100_000;

const NANOSECONDS = 1_000_000;

/**
 * The lines of a push in Protocol Buffers, compressed as one block of Snappy: a length that is too much is refused before anything
 * is unpacked.
 * @returns null for what is none
 * @see https://github.com/grafana/loki/blob/main/pkg/push/push.proto
 */
export function readPackedPush(body: Buffer): LokiLine[] | "too_long" | null {
  const lines: LokiLine[] = [];
  try {
    const unpacked = uncompress(new Uint8Array(body), UNPACKED_BYTES);
    eachField(unpacked, (field, stream) => {
      if (field !== 1) return;
      eachField(stream, (inner, entry) => {
        if (inner !== 2) return;
        if (lines.length >= MAX_LINES) throw new TooLong();
        lines.push(readEntry(entry));
      });
    });
    return lines;
  } catch (error) {
    const isTooLong = error instanceof TooLong || (error instanceof Error && /is too big/.test(error.message));
    return isTooLong ? "too_long" : null;
  }
}

class TooLong extends Error {}

function readEntry(entry: Uint8Array): LokiLine {
  const line: LokiLine = { at: undefined, text: "" };
  eachField(entry, (field, bytes) => {
    if (field === 1) line.at = readTime(bytes);
    else if (field === 2) line.text = new TextDecoder().decode(bytes);
  });
  return line;
}

/** @returns milliseconds */
function readTime(bytes: Uint8Array): number | undefined {
  const reader = new BinaryReader(bytes);
  let seconds = 0;
  let nanoseconds = 0;
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === 1 && type === WireType.Varint) seconds = Number(reader.int64());
    else if (field === 2 && type === WireType.Varint) nanoseconds = reader.int32();
    else reader.skip(type, field);
  }
  const at = seconds * 1_000 + Math.floor(nanoseconds / NANOSECONDS);
  return at > 0 && at <= 8.64e15 ? at : undefined;
}

/** Reads the parts of a message that have a length. Any other part is passed over. @throws Error for what is no message */
function eachField(message: Uint8Array, read: (field: number, bytes: Uint8Array) => void): void {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (type === WireType.LengthDelimited) read(field, reader.bytes());
    else reader.skip(type, field);
  }
}
