import type { SignalState } from "@/lib/core/signal";

const WORDS: Record<string, SignalState> = {
  ...wordsFor("start", "start started starting run running begin in_progress"),
  ...wordsFor("success", "finish finished success successful succeeded ok complete completed done"),
  ...wordsFor("warning", "warning warn"),
  ...wordsFor("failure", "fail failed failure error critical fatal down"),
  ...wordsFor("log", "log"),
};

function wordsFor(state: SignalState, words: string): Record<string, SignalState> {
  return Object.fromEntries(words.split(" ").map((word) => [word, state]));
}

/** What a single word says about a run: `STARTED`, `fail`. Null for another one. */
export function stateOfWord(word: string): SignalState | null {
  const key = word.trim().toLowerCase();
  return Object.hasOwn(WORDS, key) ? (WORDS[key] ?? null) : null;
}

const BORGMATIC: Record<string, SignalState> = { start: "start", finish: "success", fail: "failure", log: "log" };

/** What borgmatic's texts say where nobody has written others. Its name had a capital B before 1.9. */
export function stateOfBorgmaticText(text: string): SignalState | null {
  const word = /^\s*A borgmatic (start|finish|fail|log) event happened\b/i.exec(text)?.[1];
  return word === undefined ? null : (BORGMATIC[word.toLowerCase()] ?? null);
}
