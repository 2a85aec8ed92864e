/** What a part begins with, bytes: a small file shall not take the memory of a whole one. */
const FIRST_BYTES = 64 * 1024;

/** A part of an object in memory, filled once after the other. */
export class S3Part {
  private bytes: Buffer;
  private length = 0;

  /** @param most bytes of a whole one */
  constructor(private readonly most: number) {
    this.bytes = Buffer.allocUnsafeSlow(Math.min(FIRST_BYTES, most));
  }

  /** What is in it, until it is cleared. */
  get content(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  /** Copies what still fits into it. @returns how many bytes that were */
  add(chunk: Uint8Array): number {
    const taken = Math.min(chunk.byteLength, this.most - this.length);
    const needed = this.length + taken;
    if (needed > this.bytes.byteLength) this.grow(needed);
    this.bytes.set(taken === chunk.byteLength ? chunk : chunk.subarray(0, taken), this.length);
    this.length = needed;
    return taken;
  }

  clear(): void {
    this.length = 0;
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(this.most, Math.max(needed, this.bytes.byteLength * 2)));
    larger.set(this.content);
    this.bytes = larger;
  }
}
