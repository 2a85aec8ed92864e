/** Phrases that are never right in this project, with the term to use instead. */
export interface Phrase {
  name: string;
  pattern: RegExp;
  instead: string;
}

/** Matches the words of a text and of an identifier alike: `wasTold`, `TOLD_KEPT`, `was told`. */
export const PHRASES: readonly Phrase[] = [
  { name: "told", pattern: word("told"), instead: "notified, sent" },
  { name: "telling", pattern: word("tellings?"), instead: "initial notification" },
  {
    name: "tell",
    pattern: /\btells? (of|them|him|her|us|others|people|everybody|everyone|somebody|anybody|nobody|whom|who|the)\b/i,
    instead: "notify, name, show",
  },
  { name: "trouble", pattern: word("troubles?|troubled"), instead: "error, problem, retrying" },
  { name: "whoever", pattern: word("whoever|whomever"), instead: "anyone who" },
  { name: "knock", pattern: word("knocks?|knocked|knocking"), instead: "request" },
  { name: "lays down", pattern: /\b(lay|lays|laid|laying) down\b/i, instead: "inserts, creates" },
  { name: "gone for good", pattern: /\bgone for good\b/i, instead: "permanently gone" },
  { name: "ended well", pattern: /\b(end|ends|ended|ending) well\b/i, instead: "succeeded" },
  { name: "needs a look", pattern: /\bneeds? (a|another) look\b/i, instead: "needs attention" },
  { name: "what became of", pattern: /\bwhat (became|becomes|has become) of\b/i, instead: "result of, settlement of" },
];

/** The whole word: not `retold`, not `troubleshooting`. */
function word(forms: string): RegExp {
  return new RegExp(`(?<![A-Za-z])(${forms})(?![A-Za-z])`, "i");
}

export interface Finding {
  line: number;
  name: string;
  instead: string;
  text: string;
}

/** What a text breaks, line by line. Names are read as words: `wasTold` as `was Told`. */
export function findPhrases(text: string, phrases: readonly Phrase[] = PHRASES): Finding[] {
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    // A phrase may continue on the next line of a comment.
    const next = (lines[index + 1] ?? "")
      .replace(/^\s*(\*|\/\/|#)?\s*/, "")
      .split(" ")
      .slice(0, 2)
      .join(" ");
    const words = separateWords(line);
    const joined = separateWords(`${line.trimEnd()} ${next}`);
    return phrases
      .filter(({ pattern }) => pattern.test(words) || (pattern.test(joined) && !pattern.test(separateWords(next))))
      .map(({ name, instead }) => ({ line: index + 1, name, instead, text: line.trim().slice(0, 120) }));
  });
}

function separateWords(line: string): string {
  return line.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/[_-]/g, " ");
}
