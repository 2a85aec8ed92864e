import { FULL_ADVICE, LOCK_ADVICE } from "../../repositories/borg-messages";
import { RunError } from "../../run-error";

/** What failed of one repository, in the words of the programs. */
export interface Failure {
  /** As borgmatic names it; empty: it concerns the configuration as a whole. */
  repository: string;
  /** What was printed before, the last lines. */
  words: string[];
  /** The command of borg that failed: `create`, `check`; null: none of borg's. */
  command: string | null;
  /** Its exit code. */
  code: number | null;
}

const MOST_WORDS = 12;
const MOST_FAILURES = 100;
const MOST_WARNINGS = 20;

const FAILED = /^(.*): Error running actions for repository$/;
const COMMAND = /^Command '?\(?'?(.*?)\)?'? returned non-zero exit status (\d+)\.$/;
const NOISE =
  /^$|^summary:$|^Need some help\?|: Error running configuration file$|: Error parsing configuration file$|^b'/;
/** What borg 1.x says of a file that it could not read, or that changed meanwhile. */
const FILE_WARNING = /: (?:\w+: )?\[Errno \d+\] |: file changed while we backed it up$/;
const SOFT_FAILURE = /soft failure exit code/;
const WARNING_CODE = /exit code \d+ as a warning/;

/** Follows what borgmatic and borg say: what failed, what needs attention, what was begun. */
export class BorgmaticMessages {
  readonly failures: Failure[] = [];
  /** Repositories for which an archive was begun, as borgmatic names them. */
  readonly begun = new Set<string>();
  readonly warnings: string[] = [];
  /** A hook said by its exit code that there is to be no backup now. */
  isSkipped = false;
  /** A tool that ended with a warning was let through. */
  hasWarned = false;
  private words: string[] = [];
  private isSummary = false;
  private readonly summary: string[] = [];

  /** Takes a line that borgmatic logged. */
  addLogged(line: string): void {
    if (SOFT_FAILURE.test(line)) this.isSkipped = true;
    if (WARNING_CODE.test(line)) this.hasWarned = true;
    const begun = /^(.*): Creating archive$/.exec(line);
    if (begun?.[1]) this.begun.add(begun[1]);
  }

  /** Takes a line of standard error: what borgmatic says of errors, and the words of borg and of hooks. */
  addError(line: string): void {
    if (line === "summary:") this.isSummary = true;
    if (this.isSummary) {
      if (!NOISE.test(line) && this.summary.length < MOST_WORDS) this.summary.push(line);
      return;
    }
    if (FILE_WARNING.test(line) && this.warnings.length < MOST_WARNINGS) this.warnings.push(line);
    const failed = FAILED.exec(line);
    if (failed) {
      if (this.failures.length < MOST_FAILURES)
        this.failures.push({ repository: failed[1] ?? "", words: this.words, command: null, code: null });
      this.words = [];
      return;
    }
    const command = COMMAND.exec(line);
    const last = this.failures.at(-1);
    if (command && last && this.words.length === 0) {
      last.command = /^borg(?:'|$|\s)/.test(command[1] ?? "")
        ? (/'([a-z-]+)'/.exec((command[1] ?? "").slice(4))?.[1] ?? null)
        : null;
      last.code = Number(command[2]);
      if (last.words.length === 0) last.words.push(line);
    } else if (!NOISE.test(line)) this.words = [...this.words, line].slice(-MOST_WORDS);
  }

  /** The last failure of each repository: those before it were tried again. */
  lastFailures(): Failure[] {
    const last = new Map(this.failures.map((failure) => [failure.repository, failure]));
    if (last.size > 0) return [...last.values()];
    const words = this.summary.length > 0 ? this.summary : this.words;
    return [{ repository: "", words, command: null, code: null }];
  }
}

interface Sentence {
  message: string;
  advice?: string;
}

const KNOWN: readonly [RegExp, (repository: string, words: string) => Sentence][] = [
  [
    /passphrase supplied in|PassphraseWrong/,
    (name) => ({
      message: `The passphrase of ${name} is wrong.`,
      advice: "Correct encryption_passphrase in the configuration, or the passphrase of the source.",
    }),
  ],
  [
    /Failed to create\/acquire the lock/,
    (name) => ({ message: `${name} is locked by another program.`, advice: LOCK_ADVICE }),
  ],
  [
    /^Repository .* does not exist/m,
    (name) => ({
      message: `There is no repository at ${name}.`,
      advice: "Is the disk mounted? Otherwise correct the configuration, or make the repository with borgmatic.",
    }),
  ],
  [/is not a valid repository/, (name) => ({ message: `${name} is not a borg repository.` })],
  [
    /No space left on device|Disk quota exceeded|InsufficientFreeSpace/i,
    (name) => ({ message: `${name} has no space left.`, advice: FULL_ADVICE }),
  ],
  [
    /Connection closed by remote host|Could not resolve hostname|Connection refused|Connection timed out|Permission denied \(/,
    (name, words) => ({
      message: `The server of ${name} cannot be used: ${lastLine(words)}`,
      advice:
        "Try the connection as the user that Belfry runs as: ssh reads the keys and the known hosts of that user.",
    }),
  ],
];

/** One failure in a sentence, with advice. */
export function failureSentence({ repository, words, command, code }: Failure): Sentence {
  const text = words.join("\n");
  const name = repository || "the repository";
  for (const [pattern, sentence] of KNOWN) if (pattern.test(text)) return sentence(name, text);
  if (repository === "") return { message: `borgmatic failed: ${text || "it gave no reason"}` };
  const said = lastLine(text);
  if (command !== null && code === 1) return { message: `borg ${command} warns about ${name}: ${said}` };
  return { message: `${name}: ${said || `borg ${command ?? ""} failed`}` };
}

/** All failures as one error. */
export function failuresError(failures: readonly Failure[]): RunError {
  const sentences = failures.map(failureSentence);
  return new RunError(sentences.map(({ message }) => message).join("\n"), {
    advice: sentences.find(({ advice }) => advice)?.advice ?? null,
  });
}

function lastLine(text: string): string {
  return text.split("\n").at(-1) ?? "";
}
