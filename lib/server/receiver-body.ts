import type { IncomingMessage } from "node:http";

const KB = 1024;
/** Kept of a body whole; of a longer one, half of it from each end. */
export const RECEIVED_BYTES = 1024 * KB;
/** Kept of a body while many arrive at the same time: enough for what went wrong. */
const SCARCE_BYTES = 32 * KB;
/** What all bodies of receivers may hold together; beyond it each keeps the little. */
const TOGETHER_BYTES = 48 * 1024 * KB;

let held = 0;

/** A body as far as it is kept. */
export interface ReceivedBody {
  bytes: Buffer;
  /** Something between head and tail was left out, or the rest never came. */
  isCut: boolean;
}

/**
 * Reads a body of any length in bounded memory: its head and its tail. One that breaks off counts as far as it came, because what
 * it reports has happened all the same.
 */
export async function receiveBody(stream: IncomingMessage): Promise<ReceivedBody> {
  const limit = held > TOGETHER_BYTES ? SCARCE_BYTES : RECEIVED_BYTES;
  const head: Buffer[] = [];
  let tail: Buffer[] = [];
  let headBytes = 0;
  let tailBytes = 0;
  let dropped = 0;
  let counted = 0;
  let hasBrokenOff = false;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      // Copied: a small piece would keep all that arrived with it.
      const rest = headBytes < limit / 2 ? Buffer.from(chunk.subarray(limit / 2 - headBytes)) : Buffer.from(chunk);
      if (headBytes < limit / 2) {
        const part = Buffer.from(chunk.subarray(0, limit / 2 - headBytes));
        head.push(part);
        headBytes += part.length;
      }
      tail.push(rest);
      tailBytes += rest.length;
      if (tailBytes > limit) {
        const kept = Buffer.concat(tail).subarray(-limit / 2);
        dropped += tailBytes - kept.length;
        tail = [Buffer.from(kept)];
        tailBytes = kept.length;
      }
      held += headBytes + tailBytes - counted;
      counted = headBytes + tailBytes;
    }
  } catch {
    hasBrokenOff = true;
  } finally {
    held -= counted;
  }
  const end = Buffer.concat(tail);
  const kept = tailBytes > limit / 2 ? end.subarray(-limit / 2) : end;
  dropped += end.length - kept.length;
  return { bytes: Buffer.concat([...head, kept]), isCut: hasBrokenOff || dropped > 0 };
}
