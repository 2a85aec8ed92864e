import type { Keywords } from "@/lib/core/job";
import type { KeywordState, SignalState } from "@/lib/core/signal";

/** What a job's keywords find in a text, the worst first; null for none of them. */
export function keywordState(text: string, keywords: Keywords | null): KeywordState | null {
  if (!keywords || text === "") return null;
  const isFound = (words: readonly string[]) => words.some((word) => word !== "" && text.includes(word));
  if (isFound(keywords.failure)) return "failure";
  if (isFound(keywords.warning)) return "warning";
  return isFound(keywords.success) ? "success" : null;
}

/**
 * What a signal says once the job's keywords have been looked for in its text. A word makes it worse, never better: only a
 * message that does not say how the run ended becomes a success by one.
 */
export function stateByKeywords(state: SignalState, found: KeywordState | null): Exclude<SignalState, "unknown"> {
  if (state === "unknown") return found ?? "log";
  if (state === "success" && found && found !== "success") return found;
  return state === "warning" && found === "failure" ? found : state;
}
