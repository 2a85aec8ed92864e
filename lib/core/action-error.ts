import { ERROR_STATUS, type ErrorCode, isAppError } from "./errors";
import { newId } from "./id";
import { loggerOf } from "./logger";

const log = loggerOf("failure");

/** What of an error may leave the program: the body of `{ error }` in every answer. */
export interface ActionError {
  code: ErrorCode;
  message: string;
  /** One sentence per field, keyed by its path. */
  fields?: Record<string, string>;
  providerStatus?: number;
  providerBody?: string;
  /** What to do about it, in a sentence. */
  advice?: string;
  retryAfterSeconds?: number;
  /** What fields could be set to once a person has looked at it, by path. */
  proposal?: Record<string, string>;
}

/** What a server action answers with; it never throws. */
export type ActionResult<T> = { ok: true; value: T } | { ok: false; error: ActionError };

/** An error as an HTTP answer, for whichever layer writes it. */
export interface ErrorResponse {
  status: number;
  headers: Record<string, string>;
  body: { error: ActionError };
}

/**
 * Turns anything that was thrown into what the caller may see. A defect becomes an id on screen
 * and a full record in the log; nothing else of it leaves the program.
 * @param where the verb or handler that failed, for the log
 */
export function toActionError(error: unknown, where: string): ActionError {
  if (isAppError(error)) {
    const { fields, providerStatus, providerBody, advice, retryAfterSeconds, proposal } = error.details;
    if (error.code === "internal") log.error(error.message, { where, error });
    return {
      code: error.code,
      message: error.message,
      ...(fields && { fields }),
      ...(providerStatus !== undefined && { providerStatus }),
      ...(providerBody !== undefined && { providerBody }),
      ...(advice !== undefined && { advice }),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      ...(proposal && { proposal }),
    };
  }
  const id = newId("err");
  log.error("unexpected error", { id, where, error });
  return { code: "internal", message: `Something went wrong inside Belfry. The log has the details under ${id}.` };
}

/** Decides status, headers and body for anything that was thrown. @param where as in `toActionError` */
export function toErrorResponse(error: unknown, where: string): ErrorResponse {
  const failure = toActionError(error, where);
  return {
    status: ERROR_STATUS[failure.code],
    headers: {
      ...(failure.code === "unauthenticated" && { "www-authenticate": "Bearer" }),
      ...(failure.retryAfterSeconds !== undefined && {
        "retry-after": String(Math.ceil(failure.retryAfterSeconds)),
      }),
    },
    body: { error: failure },
  };
}

/** The answer to a method that a path does not have. @param allow the methods that it has */
export function methodNotAllowed(method: string, allow: readonly string[]): ErrorResponse {
  return {
    status: 405,
    headers: { allow: allow.join(", ") },
    body: { error: { code: "invalid", message: `${method} is not allowed here.` } },
  };
}
