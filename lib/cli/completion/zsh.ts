import type { Command } from "../command";
import { completables, firstWords, secondWords } from "./table";

/** The completion of zsh: `source <(belfry completion zsh)`, or the file `_belfry` in a folder of `fpath`. */
export function zshCompletion(commands: readonly Command[]): string {
  const firsts = firstWords(commands);
  const groups = firsts.flatMap((first) => {
    const seconds = secondWords(commands, first);
    return seconds.length > 0 ? [`      ${first}) compadd -- ${seconds.join(" ")}; return ;;`] : [];
  });
  const cases = completables(commands).map(({ name, options, valued, choices }) => {
    const pattern = name.includes(" ") ? `"${name}"` : `"${name}" | "${name} "*`;
    return `    ${pattern}) offered=(${[...options, ...choices].join(" ")}); valued=(${valued.join(" ")}) ;;`;
  });
  return `#compdef belfry
# Completes the words of belfry in zsh.
_belfry() {
  local -a offered valued
  if (( \${words[(i)--]} < CURRENT )); then
    _command_names -e
    return
  fi
  if (( CURRENT == 2 )); then
    compadd -- ${firsts.join(" ")} --help
    return
  fi
  if (( CURRENT == 3 )); then
    case "$words[2]" in
${groups.join("\n")}
    esac
  fi
  case "$words[2] $words[3]" in
${cases.join("\n")}
  esac
  if (( \${valued[(Ie)$words[CURRENT - 1]]} )); then
    _files
    return
  fi
  compadd -- $offered
  _files
}
if [[ $funcstack[1] == _belfry ]]; then
  _belfry "$@"
elif (( $+functions[compdef] )); then
  compdef _belfry belfry
fi
`;
}
