import { readRunLog } from "@/db/queries/runs";
import { appendRunLog } from "@/db/stores/run-logs";
import { messageOf } from "@/lib/core/errors";
import { formatBytes } from "@/lib/core/format-units";
import { loggerOf } from "@/lib/core/logger";
import { HeadTailBuffer } from "./head-tail-buffer";

const log = loggerOf("run-log");

const FLUSH_MS = 1_000;
const HEAD_BYTES = 256 * 1024;
const TAIL_BYTES = 256 * 1024;
/** The line that says how much was left out: read back when the log goes on later. */
const MARK = /^… .* \((\d+) bytes\) of this log left out …\n$/;
/** Kept of one flush, from its beginning and from its end each. */
const PIECE_CHARS = 32_000;
/** Of what `recent` answers, from its beginning and from its end each. */
const RECENT_CHARS = 8_000;
const LINE_CHARS = 4_000;

interface Piece {
  seq: number;
  bytes: number;
}

/**
 * A run's log: lines with their time, written at most once a second, bounded: the first 256 kB and the last 256 kB
 * stay, and a line between them says how much was left out. It never fails the run itself.
 */
export class RunLog {
  private buffer = new HeadTailBuffer(PIECE_CHARS, PIECE_CHARS);
  private readonly whole = new HeadTailBuffer(RECENT_CHARS, RECENT_CHARS);
  private hasText = false;
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();
  private nextSeq = 0;
  private headBytes = 0;
  /** Set once the head is full: the piece that says how much was left out. */
  private markSeq: number | null = null;
  private readonly tail: Piece[] = [];
  private droppedBytes = 0;

  private constructor(
    private readonly runId: string,
    private readonly flushMs: number,
  ) {}

  /** Continues where an earlier attempt's log, or an earlier report, ended. @param flushMs milliseconds between two writes */
  static async open(runId: string, flushMs: number = FLUSH_MS): Promise<RunLog> {
    const runLog = new RunLog(runId, flushMs);
    for (const piece of await readRunLog(runId)) runLog.resume(piece);
    return runLog;
  }

  /** Counts a stored piece. The number after the head is kept free for the mark, so a gap shows where it belongs. */
  private resume({ seq, text }: { seq: number; text: string }): void {
    const mark = MARK.exec(text);
    if (mark) {
      this.droppedBytes = Number(mark[1]);
      this.markSeq = seq;
      this.nextSeq = Math.max(this.nextSeq, seq + 1);
      return;
    }
    if (this.markSeq === null && seq > this.nextSeq) this.markSeq = this.nextSeq;
    this.count(seq, Buffer.byteLength(text));
  }

  line(text: string): void {
    const time = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    this.whole.add(`${text}\n`);
    for (const one of text.split(/\r?\n/)) {
      const cut = one.length > LINE_CHARS ? `${one.slice(0, LINE_CHARS)} …` : one;
      this.buffer.add(`${time} ${cut}\n`);
    }
    this.hasText = true;
    this.timer ??= setTimeout(() => void this.flush(), this.flushMs);
  }

  /** What this process has logged of the run: the beginning and the end. */
  recent(): string {
    return this.whole.text();
  }

  /** Everything logged so far is stored when this resolves, unless the database cannot be written. */
  flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    if (!this.hasText) return;
    const text = this.buffer.text();
    this.buffer = new HeadTailBuffer(PIECE_CHARS, PIECE_CHARS);
    this.hasText = false;
    const bytes = Buffer.byteLength(text);
    if (this.markSeq === null && this.headBytes + bytes > HEAD_BYTES) this.markSeq = this.nextSeq++;
    const seq = this.nextSeq;
    const dropped = this.dropFromTail(bytes);
    try {
      await appendRunLog(this.runId, { seq, at: Date.now(), text }, dropped);
      this.count(seq, bytes);
    } catch (error) {
      // The run matters more than its log; the text is kept for the next flush.
      log.warn("failed to store a piece of a run's log, retrying", { runId: this.runId, error: messageOf(error) });
      const later = this.buffer.text();
      this.buffer = new HeadTailBuffer(PIECE_CHARS, PIECE_CHARS);
      this.buffer.add(text + later);
      this.hasText = true;
      this.timer ??= setTimeout(() => void this.flush(), this.flushMs * 5);
    }
  }

  private count(seq: number, bytes: number): void {
    this.nextSeq = Math.max(this.nextSeq, seq + 1);
    if (this.markSeq === null) this.headBytes += bytes;
    else this.tail.push({ seq, bytes });
    if (this.markSeq === null && this.headBytes > HEAD_BYTES) this.markSeq = this.nextSeq++;
  }

  /** Drops the oldest pieces of the tail until the new one fits. */
  private dropFromTail(bytes: number): Parameters<typeof appendRunLog>[2] {
    if (this.markSeq === null) return undefined;
    let kept = this.tail.reduce((sum, piece) => sum + piece.bytes, bytes);
    const dropped: Piece[] = [];
    while (kept > TAIL_BYTES) {
      const oldest = this.tail.shift();
      if (!oldest) break;
      dropped.push(oldest);
      kept -= oldest.bytes;
      this.droppedBytes += oldest.bytes;
    }
    const [first] = dropped;
    const last = dropped.at(-1);
    if (!first || !last) return undefined;
    return {
      from: first.seq,
      to: last.seq,
      mark: {
        seq: this.markSeq,
        text: `… ${formatBytes(this.droppedBytes)} (${this.droppedBytes} bytes) of this log left out …\n`,
      },
    };
  }
}
