import { parseArgs } from "node:util";
import { isAppError, messageOf } from "@/lib/core/errors";
import { type Command, type Flags, type Surroundings, UsageError } from "./command";
import { apiKeyCommands } from "./commands/api-keys";
import { artifactCommands } from "./commands/artifacts";
import { configBackupCommands } from "./commands/config-backup";
import { jobCommands } from "./commands/jobs";
import { userCommands } from "./commands/users";

const COMMANDS: readonly Command[] = [
  ...apiKeyCommands,
  ...userCommands,
  ...jobCommands,
  ...artifactCommands,
  ...configBackupCommands,
];

const COMMON: NonNullable<Command["options"]> = { json: { type: "boolean" }, help: { type: "boolean", short: "h" } };

export interface Streams {
  out(text: string): void;
  err(text: string): void;
}

/**
 * Runs one command.
 * @param argv the words after `belfry`
 * @returns the exit code: 0 done, 1 refused or failed (one sentence on standard error), 2 not understood
 */
export async function runCommand(
  argv: readonly string[],
  streams: Streams,
  surroundings: Surroundings,
): Promise<number> {
  try {
    const command = commandOf(argv);
    if (!command) return showHelp(argv, streams);
    const { flags, positionals } = parse(command, argv.slice(command.words.length));
    if (flags.help) {
      streams.out(`${usageOf(command)}\n${command.summary}.\n`);
      return 0;
    }
    assertPositionals(command, positionals);
    const { json, text } = await command.run({ flags, positionals }, surroundings);
    streams.out(`${flags.json ? JSON.stringify(json) : text}\n`);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      const command = commandOf(argv);
      streams.err(`${error.message}\n${command ? `${usageOf(command)}\n` : "See: belfry --help\n"}`);
      return 2;
    }
    streams.err(`${wordsOf(error)}\n`);
    return 1;
  }
}

function commandOf(argv: readonly string[]): Command | undefined {
  return COMMANDS.find(({ words }) => words.every((word, index) => argv[index] === word));
}

function parse(command: Command, args: string[]): { flags: Flags; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { ...COMMON, ...command.options },
      allowPositionals: true,
      strict: true,
    });
    return { flags: values, positionals };
  } catch (error) {
    throw new UsageError(`${messageOf(error).split(". To specify")[0]?.replace(/\.?$/, ".")}`);
  }
}

function assertPositionals({ positionals: wanted = 0 }: Command, given: string[]): void {
  if (given.length < wanted) throw new UsageError("Something is missing.");
  if (given.length > wanted) throw new UsageError(`${given[wanted]} is one word too many.`);
}

/** Asked for, or because nothing fits what was typed. */
function showHelp(argv: readonly string[], { out, err }: Streams): number {
  const words = argv.filter((word) => !word.startsWith("-"));
  const isAsked = argv.length === 0 || argv.some((word) => word === "--help" || word === "-h");
  const group = COMMANDS.filter(({ words: [first] }) => first === words[0]);
  if (!isAsked && group.length === 0) throw new UsageError(`There is no command ${words.join(" ") || argv.join(" ")}.`);
  const shown = group.length > 0 ? group : COMMANDS;
  const lines = shown.map((command) => `  ${usageOf(command).slice("Usage: ".length)}\n      ${command.summary}`);
  const help = `Usage: belfry COMMAND [OPTIONS]\n\n${lines.join("\n")}\n\n--json prints JSON, --help tells more of a command.\n`;
  (isAsked ? out : err)(help);
  return isAsked ? 0 : 2;
}

function usageOf({ words, usage }: Command): string {
  return `Usage: ${["belfry", ...words, usage].filter(Boolean).join(" ")}`;
}

/** One sentence; of a refused form, the fields' own. */
function wordsOf(error: unknown): string {
  if (!isAppError(error)) return messageOf(error);
  const { fields } = error.details;
  return fields
    ? Object.entries(fields)
        .map(([name, words]) => `${name}: ${words}`)
        .join("\n")
    : error.message;
}
