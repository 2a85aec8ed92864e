import type { ParseArgsConfig } from "node:util";
import type { CommandCall } from "@/lib/services/command-verbs";

/** What the caller typed was not understood: said on standard error, with exit code 2. */
export class UsageError extends Error {}

export interface Flags {
  [name: string]: string | boolean | (string | boolean)[] | undefined;
}

/** Where a command gets what does not belong on a command line, and puts files. */
export interface Surroundings {
  call: CommandCall;
  /** A secret from standard input, or typed without being shown. */
  askSecret(question: string): Promise<string>;
  readFile(path: string): Promise<Buffer>;
  writeFile(path: string, bytes: Uint8Array): Promise<void>;
}

/** What a command prints: as JSON with `--json`, as text otherwise. */
export interface Output {
  json: unknown;
  text: string;
}

export interface Command {
  /** `["users", "create"]` */
  words: readonly [string, string?];
  /** What follows the words: `NAME [--role ROLE]`. */
  usage: string;
  summary: string;
  options?: NonNullable<ParseArgsConfig["options"]>;
  /** How many words it takes besides the options. */
  positionals?: number;
  run(given: { flags: Flags; positionals: string[] }, surroundings: Surroundings): Promise<Output>;
}

/** The value of an option that must be there. @throws UsageError */
export function need(flags: Flags, name: string): string {
  const value = flags[name];
  if (typeof value === "string" && value !== "") return value;
  throw new UsageError(`--${name} is missing.`);
}

/** The value of an option, when it was given. */
export function text(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === "string" ? value : undefined;
}

/** A whole number of an option, when it was given. @throws UsageError */
export function number(flags: Flags, name: string): number | undefined {
  const value = text(flags, name);
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value)) throw new UsageError(`--${name} takes a whole number.`);
  return Number(value);
}

/** One of a few values. @throws UsageError that names them */
export function oneOf<T extends string>(value: string, allowed: readonly T[], name: string): T {
  const found = allowed.find((one) => one === value);
  if (found) return found;
  throw new UsageError(`--${name} is one of: ${allowed.join(", ")}.`);
}
