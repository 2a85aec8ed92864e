import type { Command } from "../command";

/** What may follow a command's name. */
interface Completable {
  /** `jobs list` */
  name: string;
  summary: string;
  /** `--json`, `--limit` … */
  options: string[];
  /** Those of them that a value follows. */
  valued: string[];
  /** What its first argument may be, when that is one of a few words. */
  choices: readonly string[];
}

/** The first words of commands, each once, in their order. */
export function firstWords(commands: readonly Command[]): string[] {
  return [...new Set(commands.map(({ name: [first] }) => first))];
}

/** The second words of the commands that begin with a word. */
export function secondWords(commands: readonly Command[], word: string): string[] {
  return commands.flatMap(({ name: [first, second] }) => (first === word && second ? [second] : []));
}

/** The commands as a shell completes them. Names and options are plain words: nothing in them needs quotes. */
export function completables(commands: readonly Command[]): Completable[] {
  return commands.map(({ name, summary, options = {}, choices = [] }) => {
    const entries = Object.entries(options);
    return {
      name: name.filter(Boolean).join(" "),
      summary,
      options: entries.map(([option]) => `--${option}`),
      valued: entries.flatMap(([option, { type }]) => (type === "string" ? [`--${option}`] : [])),
      choices,
    };
  });
}
