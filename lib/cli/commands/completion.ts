import { type Command, requireOneOf } from "../command";
import { bashCompletion } from "../completion/bash";
import { fishCompletion } from "../completion/fish";
import { zshCompletion } from "../completion/zsh";

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };
const NAMES = Object.keys(SHELLS) as (keyof typeof SHELLS)[];

/** @param table all commands, with every option that they take */
export function completionCommand(table: () => readonly Command[]): Command {
  return {
    name: ["completion"],
    usage: NAMES.join("|"),
    summary: "Print what a shell needs to complete the words of this command",
    positionals: 1,
    choices: NAMES,
    async run({ positionals: [shell = ""] }) {
      const script = SHELLS[requireOneOf(shell, NAMES, "SHELL")](table());
      return { json: { shell, script }, text: script.trimEnd() };
    },
  };
}
