import type { ProgressFigures } from "../progress-meter";
import { RunError, type RunErrorKind } from "../run-error";
import { serverError } from "./connection-error";
import type { OpenRepository } from "./contract";
import { locationText } from "./location";

/** One line of what borg prints with `--log-json`: https://borgbackup.readthedocs.io/en/1.2.4/internals/frontends.html */
interface BorgMessage {
  type?: string;
  levelname?: string;
  message?: string;
  msgid?: string;
  nfiles?: number;
  original_size?: number;
  path?: string;
}

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];
const KEPT = 50;
const PROGRESS_MS = 10_000;

/** Follows what borg says: lines for the log, warnings and errors for the result. */
export class BorgMessages {
  readonly errors: string[] = [];
  readonly warnings: string[] = [];
  /** Of the error that ended it. */
  msgid: string | null = null;
  /** What a compact counted. */
  freedBytes: number | null = null;
  /** What borg asked, which nobody answers here. */
  private question: BorgMessage | null = null;
  /** What ssh or a shell said. */
  private readonly plain: string[] = [];
  /** Of the archive that it makes, as far as it has come. */
  figures: ProgressFigures = { bytes: 0, files: 0 };
  private progressAt = 0;

  constructor(private readonly log: (line: string) => void) {}

  add(line: string): void {
    const message = parseLine(line);
    if (message === null) {
      this.log(line);
      push(this.plain, line);
    } else if (message.type === "question_prompt") this.question = message;
    else if (message.type === "log_message") this.addLogMessage(message);
    else this.addProgress(message);
  }

  private addLogMessage({ levelname, message = "", msgid }: BorgMessage): void {
    const text = message.trim();
    this.log(text);
    const freed = /^compaction freed about ([\d.]+) (B|kB|MB|GB|TB|PB) repository space/.exec(text);
    if (freed) this.freedBytes = Math.round(Number(freed[1]) * 1_000 ** UNITS.indexOf(freed[2] ?? ""));
    if (levelname === "ERROR" || levelname === "CRITICAL") {
      push(this.errors, text);
      if (msgid) this.msgid = msgid;
    } else if (levelname === "WARNING") push(this.warnings, text);
  }

  private addProgress({ type, nfiles, original_size: bytes, message, path }: BorgMessage): void {
    if (type === "archive_progress" && nfiles !== undefined && bytes !== undefined)
      this.figures = { bytes, files: nfiles };
    const now = performance.now();
    if (this.progressAt > 0 && now - this.progressAt < PROGRESS_MS) return;
    const text = type === "archive_progress" && nfiles !== undefined ? `${nfiles} files, now ${path ?? ""}` : message;
    if (!text) return;
    this.progressAt = now;
    this.log(text);
  }

  /** The error that these messages are, in a sentence with advice. @param code borg's exit code */
  error(repository: OpenRepository, code: number): RunError {
    const place = locationText(repository.kind, repository.location);
    const known = this.msgid && SENTENCES[this.msgid]?.(repository.name, place, this.question?.message ?? "");
    if (known) return runError(known);
    const words = [...this.plain, ...this.errors].join("\n");
    const connection = repository.location.type === "server" ? serverError(repository, words, "borg") : null;
    if (connection) return connection;
    if (/No space left on device|Disk quota exceeded|InsufficientFreeSpace/i.test(words + this.msgid))
      return new RunError(`${place} has no space left.`, { advice: FULL_ADVICE });
    const said = this.errors.at(-1) ?? this.plain.at(-1) ?? `exit code ${code}`;
    return new RunError(`borg failed: ${said}`);
  }
}

export const FULL_ADVICE = "Free some space there, keep fewer archives, or compact the repository.";

interface Sentence {
  message: string;
  advice?: string;
  kind?: RunErrorKind;
}

/** What borg's message ids mean here. */
const SENTENCES: Readonly<Record<string, (name: string, place: string, question: string) => Sentence>> = {
  PassphraseWrong: (name) => ({
    message: `The passphrase of ${name} is wrong.`,
    advice: "Enter the passphrase that the repository was made with.",
  }),
  "Repository.DoesNotExist": (_, place) => ({
    message: `There is no repository at ${place}.`,
    advice: "Is the disk mounted? Otherwise correct the location, or have a repository made there.",
  }),
  "Repository.InvalidRepository": (_, place) => ({
    message: `${place} is not a borg repository.`,
    advice: "Correct the location, or have a repository made in a new folder.",
  }),
  "Repository.AlreadyExists": (_, place) => ({
    message: `There is a repository at ${place} already.`,
    advice: "Adopt it with its passphrase in place of making one.",
  }),
  "Repository.PathAlreadyExists": (_, place) => ({ message: `${place} exists already, and is no empty folder.` }),
  "Repository.ParentPathDoesNotExist": (_, place) => ({
    message: `The folder in which ${place} would be made does not exist.`,
    advice: "Is the disk mounted? Otherwise make the folder.",
  }),
  "Repository.PathPermissionDenied": (_, place) => ({ message: `Belfry may not write to ${place}.` }),
  "Repository.StorageQuotaExceeded": (_, place) => ({
    message: `${place} has used up its storage quota.`,
    advice: FULL_ADVICE,
    kind: "failed",
  }),
  "Archive.DoesNotExist": () => ({ message: "There is no such archive: it was removed.", kind: "failed" }),
  "Cache.RepositoryAccessAborted": (name, place, question) =>
    /previously located at/.test(question)
      ? {
          message: `${name} was moved: ${/previously located at (\S+)/.exec(question)?.[1] ?? "elsewhere"} is where borg knew it, and it is at ${place} now.`,
          advice: "Where that is right, save its location again in its settings.",
        }
      : { message: `${name} is not encrypted, and borg did not know it so far.` },
  "Cache.RepositoryReplay": (name) => ({
    message: `${name} is older than it was when Belfry last used it: it may have been replaced by a copy.`,
    advice: "Find out why before anything is written to it.",
  }),
  "Cache.EncryptionMethodMismatch": (name) => ({
    message: `The encryption of ${name} is another than it was: it may have been replaced.`,
    advice: "Find out why before anything is written to it.",
  }),
  KeyfileNotFoundError: (name) => ({
    message: `The key of ${name} is in a file on another machine, and Belfry uses repositories that hold their key.`,
    advice: "Convert it there: borg key change-location repokey, which needs borg 1.2.",
  }),
  ...Object.fromEntries(
    ["LockTimeout", "LockFailed", "LockError", "LockErrorT", "NotLocked"].map((id) => [
      id,
      (name: string) => ({ message: `${name} is locked by another program.`, advice: LOCK_ADVICE }),
    ]),
  ),
};

export const LOCK_ADVICE =
  "Wait until that has ended. When nothing works on it any more, break the lock with `borg break-lock` or `restic unlock`.";

export const LOCK_IDS: ReadonlySet<string> = new Set(["LockTimeout", "LockFailed", "LockError", "LockErrorT"]);

function runError({ message, advice, kind = "cannot_start" }: Sentence): RunError {
  return new RunError(message, { kind, advice });
}

function parseLine(line: string): BorgMessage | null {
  if (!line.startsWith("{")) return line.trim() === "" ? {} : null;
  try {
    return JSON.parse(line) as BorgMessage;
  } catch {
    return null;
  }
}

function push(list: string[], text: string): void {
  if (list.length < KEPT && text) list.push(text);
}
