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

/** Pieces of bytes in one buffer that grows: many small ones hold no more than they are. */
class Bytes {
  private buffer = Buffer.alloc(0);
  length = 0;

  add(piece: Buffer): void {
    const length = this.length + piece.length;
    if (length > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, this.buffer.length * 2));
      this.buffer.copy(larger, 0, 0, this.length);
      this.buffer = larger;
    }
    piece.copy(this.buffer, this.length);
    this.length = length;
  }

  /** Keeps the last bytes only. */
  keepLast(length: number): void {
    this.buffer.copyWithin(0, this.length - length, this.length);
    this.length = length;
  }

  whole(): Buffer {
    return this.buffer.subarray(0, this.length);
  }
}

/**
 * Reads a body of any length in bounded memory: its head and its tail. One that breaks off counts as far as it came, because what
 * it reports has happened all the same.
 */
export async function receiveBody(pieces: AsyncIterable<Buffer>): Promise<ReceivedBody> {
  const half = (held > TOGETHER_BYTES ? SCARCE_BYTES : RECEIVED_BYTES) / 2;
  const head = new Bytes();
  const tail = new Bytes();
  let counted = 0;
  let isCut = false;
  try {
    for await (const piece of pieces) {
      const room = half - head.length;
      if (room > 0) head.add(piece.subarray(0, room));
      if (piece.length > room) tail.add(piece.subarray(Math.max(0, room)));
      if (tail.length > 2 * half) {
        tail.keepLast(half);
        isCut = true;
      }
      held += head.length + tail.length - counted;
      counted = head.length + tail.length;
    }
  } catch {
    isCut = true;
  } finally {
    held -= counted;
  }
  if (tail.length > half) {
    tail.keepLast(half);
    isCut = true;
  }
  return { bytes: Buffer.concat([head.whole(), tail.whole()]), isCut };
}
