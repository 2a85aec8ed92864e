import type { Command } from "../command";
import { completables, firstWords, secondWords } from "./table";

/** The completion of fish: `belfry completion fish | source`, or a file in `~/.config/fish/completions`. */
export function fishCompletion(commands: readonly Command[]): string {
  const firsts = firstWords(commands);
  const seconds = firsts.flatMap((first) => {
    const words = secondWords(commands, first);
    return words.length > 0 ? [line(`__belfry_at ${first}`, `-f -a "${words.join(" ")}"`)] : [];
  });
  const options = completables(commands).flatMap(({ name, summary, options, valued, choices }) => [
    `# ${name}: ${summary}`,
    ...options.map((option) =>
      line(`__belfry_in ${name}`, `${valued.includes(option) ? "-r " : ""}-l ${option.slice(2)}`),
    ),
    ...(choices.length > 0 ? [line(`__belfry_at ${name}`, `-f -a "${choices.join(" ")}"`)] : []),
  ]);
  return `# Completes the words of belfry in fish.
function __belfry_at
    set -l words (commandline -opc)
    test (count $words) -eq (math 1 + (count $argv)); and __belfry_in $argv
end
function __belfry_in
    set -l words (commandline -opc)
    set -l wanted (math 1 + (count $argv))
    test (count $words) -ge $wanted; and not contains -- -- $words; and test "$words[2..$wanted]" = "$argv"
end
function __belfry_first
    test (count (commandline -opc)) -eq 1
end
complete -c belfry -e
${line("__belfry_first", `-f -a "${firsts.join(" ")}"`)}
${line("__belfry_first", "-l help")}
${[...seconds, ...options].join("\n")}
`;
}

function line(condition: string, what: string): string {
  return `complete -c belfry -n "${condition}" ${what}`;
}
