import { messageOf } from "@/lib/core/errors";
import { pluralize } from "@/lib/core/format-units";
import { fileError, RunError, toRunError } from "../run-error";
import { printablePath, type WalkNotes } from "./walk";

/** How many sentences of one kind are kept for the result; the log has as many more. */
const KEPT = 10;
const LOGGED = 200;
/** So many files in a row that could not be stored are the destination's fault, not theirs. */
const MOST_IN_A_ROW = 3;

/** Counts what a sync does, and keeps what a person has to know of it. */
export class SyncTally implements WalkNotes {
  /** Files in the folder. */
  seen = 0;
  stored = 0;
  storedBytes = 0;
  unchanged = 0;
  deleted = 0;
  vanished = 0;
  /** Folders that could not be read: what is missing is not known. */
  closedFolders = 0;
  private links = 0;
  private others = 0;
  private excluded = 0;
  private problemCount = 0;
  private readonly kept: string[] = [];
  private failuresInARow = 0;
  private lastFailure: RunError | null = null;

  /** @param noun what is copied: a folder, or a repository */
  constructor(
    private readonly log: (line: string) => void,
    private readonly noun: string,
  ) {}

  leftOut(_path: string, kind: "link" | "other" | "excluded"): void {
    if (kind === "link") this.links++;
    else if (kind === "excluded") this.excluded++;
    else this.others++;
  }

  problem(sentence: string): void {
    this.problemCount++;
    if (this.kept.length < KEPT) this.kept.push(sentence);
    if (this.problemCount <= LOGGED) this.log(sentence);
    else if (this.problemCount === LOGGED + 1) this.log("Further problems are counted, and not listed here");
  }

  closedFolder(path: string, error: unknown): void {
    this.closedFolders++;
    this.problem(fileError(error, `The folder ${printablePath(path)}`).message);
  }

  storedFile(bytes: number): void {
    this.stored++;
    this.storedBytes += bytes;
    this.failuresInARow = 0;
  }

  /** @throws RunError when the destination seems to take nothing any more */
  failedFile(path: string, error: unknown): void {
    const failure = toRunError(error);
    this.lastFailure = failure;
    this.problem(`${printablePath(path)} was not stored: ${failure.message}`);
    if (++this.failuresInARow >= MOST_IN_A_ROW || failure.kind === "cannot_start") throw failure;
  }

  /** @throws RunError when anything could not be stored */
  requireWhole(): void {
    if (this.problemCount > 0)
      throw this.lastFailure ?? new RunError(this.kept[0] ?? "Not every file could be stored.");
  }

  /** @throws RunError when nothing at all could be stored */
  requireSuccess(): void {
    if (this.lastFailure && this.stored === 0) throw this.lastFailure;
  }

  /** What needs attention, a sentence each. */
  problems(): string[] {
    const more = this.problemCount - this.kept.length;
    return more > 0 ? [...this.kept, `${more} more, see the log.`] : this.kept;
  }

  /** What was done, for the log. */
  describe(): string[] {
    const parts = [
      `${pluralize(this.seen, "file")} in the ${this.noun}: ${this.stored} stored, ${this.unchanged} unchanged`,
      this.vanished > 0 ? `${this.vanished} removed meanwhile` : null,
      this.deleted > 0 ? `${this.deleted} deleted at the destination` : null,
    ];
    const out = [
      this.links > 0 ? pluralize(this.links, "link") : null,
      this.others > 0 ? pluralize(this.others, "special file") : null,
    ].filter((part) => part !== null);
    return [
      parts.filter((part) => part !== null).join(", "),
      ...(this.excluded > 0
        ? [`Left out by patterns: ${pluralize(this.excluded, "file or folder", "files or folders")}`]
        : []),
      ...(out.length > 0 ? [`Left out, as always: ${out.join(", ")}`] : []),
    ];
  }
}

/** An error of a file that is read, in words. */
export function readFailure(path: string, error: unknown): string {
  return error instanceof RunError ? messageOf(error) : fileError(error, printablePath(path)).message;
}
