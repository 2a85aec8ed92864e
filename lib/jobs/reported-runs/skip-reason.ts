import type { SignalText } from "@/db/queries/signals";
import { cutError } from "../run-result";

/** borgmatic says so when a hook before the backup ends with exit code 75, and then reports a success. */
const SOFT_FAILURE = /^.*soft failure exit code.*$/m;
/** An archive was made all the same, of another repository of the file. */
const ARCHIVE = /\bCreating archive\b|^[ \t]*Archive name:/m;

/**
 * Why a run that was reported as a success made no backup; null: it made one, as far as its log says.
 * @param texts all that was said about it, in order
 */
export function skipReason(texts: readonly Pick<SignalText, "message" | "log">[]): string | null {
  const said = texts.flatMap(({ message, log }) => [message ?? "", log ?? ""]);
  if (said.some((text) => ARCHIVE.test(text))) return null;
  const line = said.map((text) => SOFT_FAILURE.exec(text)?.[0].trim()).find((found) => found !== undefined);
  return line === undefined ? null : cutError(line);
}
