import type { SignalText } from "@/db/queries/signals";
import type { Keywords } from "@/lib/core/job";
import { cutError } from "../run-result";

/** What hooks say when they know nothing but the state. */
const WORDLESS =
  /^(?:a borgmatic \w+ event happened|(?:start|finish|fail|failed|error|down|ok)(?:ed)?(?: backup)?)\.?$/i;
const LINE_CHARS = 500;

/**
 * Why a run that was reported failed or has warnings, in the words of who reported it.
 * @param texts all that was said about it, in order
 */
export function endReason(
  status: "warning" | "failure",
  texts: readonly SignalText[],
  keywords: Keywords | null,
): string {
  const word = lineWith(texts, keywords?.[status] ?? []);
  const said = texts.filter(({ state }) => state === status).map(({ message }) => message?.trim() ?? "");
  const meaningful = said.filter((text) => text !== "" && !WORDLESS.test(text)).sort((a, b) => b.length - a.length);
  const [best] = meaningful;
  if (best) return cutError(best);
  if (word) return word;
  const code = texts.find(({ exitCode }) => exitCode)?.exitCode;
  if (code) return `The command ended with exit code ${code}.`;
  const last = lastLine(texts);
  if (last) return last;
  return status === "failure"
    ? "The program reported a failure, and gave no reason."
    : "The program reported warnings, and gave no reason.";
}

function lineWith(texts: readonly SignalText[], words: readonly string[]): string | null {
  for (const { log, message } of texts) {
    const text = `${message ?? ""}\n${log ?? ""}`;
    const at = words.map((word) => text.indexOf(word)).filter((index) => index >= 0);
    if (at.length === 0) continue;
    const first = Math.min(...at);
    const begin = text.lastIndexOf("\n", first) + 1;
    const end = text.indexOf("\n", first);
    return text
      .slice(begin, end < 0 ? undefined : end)
      .trim()
      .slice(0, LINE_CHARS);
  }
  return null;
}

/** The error stands at the end of most logs. */
function lastLine(texts: readonly SignalText[]): string | null {
  const logs = texts.flatMap(({ log, state }) => (log && state === "failure" ? [log] : []));
  const lines = (logs.at(-1) ?? "").split(/\r?\n/).filter((line) => line.trim() !== "");
  return lines.at(-1)?.trim().slice(0, LINE_CHARS) ?? null;
}
