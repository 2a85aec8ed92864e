/** Every way in which a verb may refuse or fail, and the HTTP status that says so. */
export const ERROR_STATUS = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  limit: 429,
  internal: 500,
  delivery_failed: 502,
  unavailable: 503,
} as const;
export type ErrorCode = keyof typeof ERROR_STATUS;

const BRAND = Symbol.for("belfry.AppError");

export interface AppErrorDetails {
  /** One sentence per field, keyed by its path: `name`, `config.url`, `[3].title`. */
  fields?: Record<string, string>;
  /** Further facts of a failed delivery or of a limit, sent along in the answer. */
  providerStatus?: number;
  providerBody?: string;
  /** What to do about it, in a sentence. */
  advice?: string;
  retryAfterSeconds?: number;
  /** What fields could be set to once a person has looked at it, by path: the key that an SSH server shows. */
  proposal?: Record<string, string>;
  cause?: unknown;
}

/** The one error that verbs throw. Recognise it with `isAppError`: the server's bundle and Next's have a class each. */
export class AppError extends Error {
  readonly [BRAND] = true;
  readonly code: ErrorCode;
  readonly details: AppErrorDetails;

  constructor(code: ErrorCode, message: string, details: AppErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = "AppError";
    this.code = code;
    this.details = details;
  }
}

export function isAppError(error: unknown): error is AppError {
  return typeof error === "object" && error !== null && BRAND in error;
}

/** The message of anything that was thrown. The words of a database's driver, which show the query and its values, stay in the log. */
export function messageOf(error: unknown): string {
  if (isDatabaseError(error)) return `Belfry's database refused a statement${codeIn(error)}; the log has the details`;
  return error instanceof Error ? error.message : String(error);
}

/** An error of SQLite's or PostgreSQL's driver, also as Drizzle wraps it: recognised by what each of them carries. */
function isDatabaseError(error: unknown): error is object {
  if (typeof error !== "object" || error === null) return false;
  const isWrapped = "query" in error && "params" in error;
  const isPostgres = "severity" in error && "routine" in error;
  return isWrapped || isPostgres || ("name" in error && error.name === "SqliteError");
}

function codeIn(error: object): string {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } | null };
  const known = code ?? cause?.code;
  return typeof known === "string" ? ` (${known})` : "";
}
