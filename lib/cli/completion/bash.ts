import type { Command } from "../command";
import { completables, firstWords, secondWords } from "./table";

/** The completion of bash: `source <(belfry completion bash)`. Where no word of the command fits, files are completed. */
export function bashCompletion(commands: readonly Command[]): string {
  const firsts = firstWords(commands);
  const groups = firsts.flatMap((first) => {
    const seconds = secondWords(commands, first);
    return seconds.length > 0 ? [`    ${first}) words="${seconds.join(" ")}" ;;`] : [];
  });
  const cases = completables(commands).map(({ name, options, valued, choices }) => {
    const pattern = name.includes(" ") ? `"${name}"` : `"${name}" | "${name} "*`;
    return `    ${pattern}) words="${[...options, ...choices].join(" ")}" valued=" ${valued.join(" ")} " ;;`;
  });
  return `# Completes the words of belfry in bash.
_belfry() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" words="" valued="" at
  COMPREPLY=()
  for ((at = 1; at < COMP_CWORD; at++)); do
    if [[ \${COMP_WORDS[at]} == -- ]]; then
      mapfile -t COMPREPLY < <(compgen -c -- "$current")
      return
    fi
  done
  if ((COMP_CWORD == 1)); then
    words="${firsts.join(" ")} --help"
  else
    case "\${COMP_WORDS[1]} \${COMP_WORDS[2]-}" in
${cases.map((line) => `  ${line}`).join("\n")}
    esac
    if ((COMP_CWORD == 2)); then
      case "\${COMP_WORDS[1]}" in
${groups.map((line) => `    ${line}`).join("\n")}
      esac
    fi
  fi
  [[ $valued == *" $previous "* ]] && return
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _belfry belfry
`;
}
