import { type FileHandle, open } from "node:fs/promises";

const EVERY_MS = 500;
const CHUNK = 64 * 1024;
const MOST_LINE = 8_000;
/** Lines remembered to recognise them on standard error. */
const REMEMBERED = 2_000;

const PREFIX = /^\[[^\]]*\] (?:DEBUG|INFO|ANSWER|WARNING|ERROR|CRITICAL): ?(.*)$/;

/**
 * Follows the log file of a borgmatic that runs, and beside it standard error, where the same lines come again together
 * with those of borg itself: each line is passed on once.
 */
export class BorgmaticLog {
  private file: FileHandle | null = null;
  private offset = 0;
  private rest = "";
  private readonly logged = new Set<string>();
  /** Lines of standard error that may yet come in the file. */
  private fresh: string[] = [];
  private waiting: string[] = [];
  private timer: NodeJS.Timeout | undefined;
  private reading: Promise<void> = Promise.resolve();

  constructor(
    private readonly path: string,
    private readonly on: { logged(line: string): void; shown(line: string): void },
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.look(), EVERY_MS);
  }

  /** Takes a line of standard error. */
  addError(line: string): void {
    this.fresh.push(line);
  }

  /** Reads what is left once borgmatic has ended. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.look();
    await this.look();
    await this.file?.close();
  }

  private look(): Promise<void> {
    this.reading = this.reading.then(() => this.read()).catch(() => undefined);
    return this.reading;
  }

  private async read(): Promise<void> {
    const due = this.waiting;
    this.waiting = this.fresh;
    this.fresh = [];
    // Made by borgmatic once it has read its options.
    this.file ??= await open(this.path, "r").catch(() => null);
    const buffer = Buffer.alloc(CHUNK);
    for (;;) {
      const { bytesRead = 0 } = (await this.file?.read(buffer, 0, CHUNK, this.offset)) ?? {};
      if (bytesRead === 0) break;
      this.offset += bytesRead;
      this.take(buffer.toString("utf8", 0, bytesRead));
    }
    for (const line of due) if (!this.logged.has(line)) this.on.shown(line);
  }

  private take(text: string): void {
    const lines = (this.rest + text).split("\n");
    this.rest = (lines.pop() ?? "").slice(0, MOST_LINE);
    for (const line of lines) {
      const said = PREFIX.exec(line)?.[1] ?? line;
      this.on.logged(said);
      if (!said.trim()) continue;
      this.on.shown(said);
      this.logged.add(said);
      const [oldest] = this.logged;
      if (this.logged.size > REMEMBERED && oldest !== undefined) this.logged.delete(oldest);
    }
  }
}
