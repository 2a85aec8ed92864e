import { isAppError, messageOf } from "@/lib/core/errors";
import { systemReason } from "@/lib/core/system-fault";
import { UsageError } from "./command";

/** One sentence; of an invalid form, one per field. */
export function failureText(error: unknown): string {
  if (!isAppError(error)) return systemSentence(error);
  const { fields } = error.details;
  return fields
    ? Object.entries(fields)
        .map(([name, sentence]) => `${name}: ${sentence}`)
        .join("\n")
    : error.message;
}

/**
 * What `--json` prints on standard error: `{"error":{"code","message","fields","advice"}}`. The code is that of the API; `usage` for
 * a command line that was not understood, `failed` for what the command itself could not do, such as reading a file.
 */
export function failureAsJson(error: unknown): object {
  if (error instanceof UsageError) return { error: { code: "usage", message: error.message } };
  if (!isAppError(error)) return { error: { code: "failed", message: systemSentence(error) } };
  const { fields, advice } = error.details;
  return { error: { code: error.code, message: error.message, ...(fields && { fields }), ...(advice && { advice }) } };
}

/** What the system refused, without its codes: `/etc/shadow: the user that Belfry runs as has no right to it.` */
function systemSentence(error: unknown): string {
  const { path } = (error ?? {}) as { path?: unknown };
  return typeof path === "string" ? `${path}: ${systemReason(error)}.` : messageOf(error);
}
