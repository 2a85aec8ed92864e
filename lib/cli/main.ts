import { parseArgs } from "node:util";
import { closestName } from "@/lib/core/did-you-mean";
import { messageOf } from "@/lib/core/errors";
import { escapedJson, visibleText } from "@/lib/core/terminal-text";
import { type Command, type CommandContext, type Flags, UsageError } from "./command";
import { alertCommands } from "./commands/alerts";
import { apiKeyCommands } from "./commands/api-keys";
import { artifactCommands } from "./commands/artifacts";
import { channelCommands } from "./commands/channels";
import { clientCommands } from "./commands/clients";
import { completionCommand } from "./commands/completion";
import { configBackupCommands } from "./commands/config-backup";
import { deliveryCommands } from "./commands/deliveries";
import { installationCommands } from "./commands/installation";
import { jobCommands } from "./commands/jobs";
import { reportCommands } from "./commands/reports";
import { repositoryCommands } from "./commands/repositories";
import { runCommands } from "./commands/run";
import { silenceCommands } from "./commands/silences";
import { syncCommands } from "./commands/syncs";
import { userCommands } from "./commands/users";
import { failureAsJson, failureText } from "./failure";

const COMMANDS: readonly Command[] = [
  ...apiKeyCommands,
  ...clientCommands,
  ...userCommands,
  ...jobCommands,
  ...syncCommands,
  ...repositoryCommands,
  ...reportCommands,
  ...alertCommands,
  ...channelCommands,
  ...deliveryCommands,
  ...silenceCommands,
  ...artifactCommands,
  ...configBackupCommands,
  ...installationCommands,
  ...runCommands,
  completionCommand(() => COMMANDS.map((command) => ({ ...command, options: { ...COMMON, ...command.options } }))),
];

const COMMON: NonNullable<Command["options"]> = { json: { type: "boolean" }, help: { type: "boolean", short: "h" } };

export interface Streams {
  out(text: string): void;
  err(text: string): void;
}

/**
 * Runs one command.
 * @param argv the arguments after `belfry`
 * @returns the exit code: 0 done, 1 refused or failed (one sentence on standard error, or an object with `--json`), 2 invalid command line
 */
export async function runCommand(argv: readonly string[], printer: Streams, io: CommandContext): Promise<number> {
  const streams = forPeople(printer);
  try {
    const command = findCommand(argv);
    if (!command) return showHelp(argv, streams);
    const { flags, positionals } = parse(command, argv.slice(command.name.length));
    if (flags.help) {
      streams.out(flags.json ? helpAsJson([command]) : `${usageOf(command)}\n${command.summary}.\n`);
      return 0;
    }
    assertPositionals(command, positionals);
    const result = await command.run({ flags, positionals }, io);
    if ("exitCode" in result) return result.exitCode;
    const { json, text } = result;
    streams.out(`${flags.json ? escapedJson(json) : text}\n`);
    return 0;
  } catch (error) {
    const exitCode = error instanceof UsageError ? 2 : 1;
    if (wantsJson(argv)) streams.err(`${escapedJson(failureAsJson(error))}\n`);
    else if (exitCode === 1) streams.err(`${failureText(error)}\n`);
    else {
      const command = findCommand(argv);
      streams.err(`${messageOf(error)}\n${command ? `${usageOf(command)}\n` : "See: belfry --help\n"}`);
    }
    return exitCode;
  }
}

/** Also of a command line that was not understood. What stands after `--` is another program's. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end === -1 ? argv.length : end).includes("--json");
}

/** The one way by which commands print: names, logs and answers of services reach no terminal as they are. */
function forPeople({ out, err }: Streams): Streams {
  return { out: (text) => out(visibleText(text)), err: (text) => err(visibleText(text)) };
}

function findCommand(argv: readonly string[]): Command | undefined {
  return COMMANDS.find(({ name }) => name.every((part, index) => argv[index] === part));
}

function parse(command: Command, args: string[]): { flags: Flags; positionals: string[] } {
  const isHelp = args.length === 1 && /^(?:-h|--help)$/.test(args[0] ?? "");
  // Without it, an option of the other program could be taken for one of this command.
  if (command.takesWords && !isHelp && !args.includes("--"))
    throw new UsageError("The command to run stands after --.");
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { ...COMMON, ...command.options },
      allowPositionals: true,
      strict: true,
    });
    return { flags: values, positionals };
  } catch (error) {
    throw new UsageError(parseError(error, command));
  }
}

function parseError(error: unknown, { options = {} }: Command): string {
  const sentence = `${messageOf(error).split(". To specify")[0]?.replace(/\.?$/, ".")}`;
  const typed = /^Unknown option '--([^']+)'/.exec(sentence)?.[1];
  const meant = typed && closestName(typed, Object.keys({ ...COMMON, ...options }));
  return meant ? `${sentence} Did you mean --${meant}?` : sentence;
}

function assertPositionals({ positionals: wanted = 0, takesWords }: Command, positionals: string[]): void {
  if (positionals.length < wanted) throw new UsageError("Something is missing.");
  if (!takesWords && positionals.length > wanted)
    throw new UsageError(`${positionals[wanted]} is one argument too many.`);
}

/** Prints the help: on request, or because no command matches. */
function showHelp(argv: readonly string[], { out, err }: Streams): number {
  const typed = argv.filter((argument) => !argument.startsWith("-"));
  const isAsked = argv.length === 0 || argv.some((argument) => argument === "--help" || argument === "-h");
  const group = COMMANDS.filter(({ name: [first] }) => first === typed[0]);
  if (!isAsked && group.length === 0) {
    const meant = closestName(
      typed.join(" "),
      COMMANDS.map(({ name }) => name.join(" ")),
    );
    const hint = meant ? ` Did you mean: belfry ${meant}?` : "";
    throw new UsageError(`There is no command ${typed.join(" ") || argv.join(" ")}.${hint}`);
  }
  const shown = group.length > 0 ? group : COMMANDS;
  if (wantsJson(argv)) {
    if (!isAsked) throw new UsageError(`Name one of: ${shown.map(({ name }) => name.join(" ")).join(", ")}.`);
    out(helpAsJson(shown));
    return 0;
  }
  const lines = shown.map((command) => `  ${usageOf(command).slice("Usage: ".length)}\n      ${command.summary}`);
  const help = `Usage: belfry COMMAND [OPTIONS]\n\n${lines.join("\n")}\n\n--json prints JSON, --help explains a command.\n`;
  (isAsked ? out : err)(help);
  return isAsked ? 0 : 2;
}

function helpAsJson(commands: readonly Command[]): string {
  const lines = commands.map(({ name, usage, summary }) => ({ name: name.join(" "), usage, summary }));
  return `${escapedJson(lines)}\n`;
}

function usageOf({ name, usage }: Command): string {
  return `Usage: ${["belfry", ...name, usage].filter(Boolean).join(" ")}`;
}
