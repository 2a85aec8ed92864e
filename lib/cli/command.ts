import type { Readable } from "node:stream";
import type { ParseArgsConfig } from "node:util";
import type { CommandDownload } from "@/lib/services/command-downloads";
import type { CommandCall } from "@/lib/services/command-verbs";

/** The command line is invalid: one sentence on standard error, exit code 2. */
export class UsageError extends Error {}

export interface Flags {
  [name: string]: string | boolean | (string | boolean)[] | undefined;
}

/** What a command may do besides printing: call verbs, ask for secrets, read and write files. */
export interface CommandContext {
  call: CommandCall;
  /** Asks for a file, which is read while it comes. */
  download: CommandDownload;
  /** Reads a secret from standard input, or asks for it without echo. */
  askSecret(question: string): Promise<string>;
  readFile(path: string): Promise<Buffer>;
  /** Whether `writeFile` would refuse the path, asked before anything is made. Throws AppError. */
  assertWritable(path: string, options: { overwrites: boolean }): Promise<void>;
  /** Writes a file completely, on disk, or not at all. An existing one is refused without `overwrites`. Throws AppError. */
  writeFile(path: string, content: Uint8Array | Readable, options: { overwrites: boolean }): Promise<void>;
  /** Writes a file to standard output, as it is. Throws AppError. */
  writeOutput(content: Readable): Promise<void>;
  /** Runs a command and reports how it went to an external job. Returns its exit code. @param url null: as the environment says. Throws AppError. */
  runReported(words: readonly string[], url: string | null): Promise<number>;
}

/** What a command prints: as JSON with `--json`, as text otherwise. */
export interface Output {
  json: unknown;
  text: string;
}

/** The result of a command that printed for itself. */
export interface Exit {
  exitCode: number;
}

export interface Command {
  /** `["users", "create"]` */
  name: readonly [string, string?];
  /** What follows the name: `NAME [--role ROLE]`. */
  usage: string;
  summary: string;
  options?: NonNullable<ParseArgsConfig["options"]>;
  /** How many arguments it takes besides the options. */
  positionals?: number;
  /** What its first argument may be, when that is one of a few words. */
  choices?: readonly string[];
  /** It takes any number of arguments more: what stands after `--` is another program's. */
  takesWords?: boolean;
  run(input: { flags: Flags; positionals: string[] }, io: CommandContext): Promise<Output | Exit>;
}

/** Returns the value of a required option. @throws UsageError */
export function requireOption(flags: Flags, name: string): string {
  const value = flags[name];
  if (typeof value === "string" && value !== "") return value;
  throw new UsageError(`--${name} is missing.`);
}

/** Returns the value of an option, when it is set. */
export function textOption(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === "string" ? value : undefined;
}

/** Returns the values of an option that may come several times. */
export function textsOption(flags: Flags, name: string): string[] {
  const value = flags[name];
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === "string");
}

/** Returns the whole number of an option, when it is set. @throws UsageError */
export function numberOption(flags: Flags, name: string): number | undefined {
  const value = textOption(flags, name);
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value)) throw new UsageError(`--${name} takes a whole number.`);
  return Number(value);
}

/** Returns the value when it is allowed. @throws UsageError that names the allowed ones */
export function requireOneOf<T extends string>(value: string, allowed: readonly T[], name: string): T {
  const found = allowed.find((one) => one === value);
  if (found) return found;
  throw new UsageError(`--${name} is one of: ${allowed.join(", ")}.`);
}
