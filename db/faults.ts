import { DrizzleQueryError } from "drizzle-orm";
import { AppError, isAppError } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";
import { faultReason, UNKNOWN_REASON } from "./fault-reason";

const log = loggerOf("database");

function codeOf(error: unknown): string {
  const own = (error as { code?: unknown } | null)?.code;
  if (typeof own === "string") return own;
  const cause = (error as { cause?: { code?: unknown } } | null)?.cause?.code;
  return typeof cause === "string" ? cause : "";
}

/** Some errors of the driver have no code; Drizzle wraps them. */
function errorText(error: unknown): string {
  const { message = "", cause } = (error ?? {}) as { message?: unknown; cause?: { message?: unknown } | null };
  return `${message} ${cause?.message ?? ""}`;
}

/** True when another connection locks the file for the moment. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith("SQLITE_BUSY") || codeOf(error).startsWith("SQLITE_LOCKED");
}

const LOST =
  /Connection terminated|not queryable|timeout exceeded when trying to connect|Client was closed|server closed the connection/;

/**
 * True when a connection to PostgreSQL was lost, or cannot be made for the moment: the server stops, starts, recovers
 * or has no room (PostgreSQL's appendix "Error Codes": class 08, 57P01 to 57P03, 57P05, 53300), or the network is away.
 */
export function isConnectionLost(error: unknown): boolean {
  if (isBadStatement(error)) return false;
  return (
    /^(08|57P0[1235]|25P03|53300|ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/.test(
      codeOf(error),
    ) || LOST.test(errorText(error))
  );
}

/** PostgreSQL refuses a statement with too many values as it refuses a broken connection; asking again does not help. */
function isBadStatement(error: unknown): boolean {
  return codeOf(error) === "08P01" && /bind message/.test(errorText(error));
}

/** True when PostgreSQL ended this transaction, because it and another one were in each other's way. */
export function isDeadlock(error: unknown): boolean {
  return /^40(001|P01)$/.test(codeOf(error));
}

/** True when the database cannot be written or reached, as opposed to an invalid statement. */
export function isStorageFault(error: unknown): boolean {
  const code = codeOf(error);
  return (
    /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB)/.test(code) ||
    (/^(08|40P01|53|57P|58)/.test(code) && !isBadStatement(error)) ||
    isConnectionLost(error)
  );
}

/** True when a statement was refused because the row exists already. */
export function isUniqueViolation(error: unknown): boolean {
  const code = codeOf(error);
  return code === "SQLITE_CONSTRAINT_UNIQUE" || code === "SQLITE_CONSTRAINT_PRIMARYKEY" || code === "23505";
}

/** When a caller may ask again that was refused because of the database. */
const RETRY_AFTER_SECONDS = 5;

/** The error that a writer gets for a storage fault. It names the reason, and nothing of the statement. */
export function storageError(error: unknown): AppError {
  return unavailable("The database cannot be written", error);
}

function unavailable(what: string, error: unknown): AppError {
  const cause = (error as { cause?: unknown } | null)?.cause ?? error;
  const reason = faultReason(codeOf(error), cause);
  if (reason.startsWith(UNKNOWN_REASON)) log.error("the database reports an unknown error", { error, reason });
  return new AppError("unavailable", `${what}: ${reason}.`, {
    cause: error,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}

/**
 * The error that a reader gets while the database cannot be reached; any other error is returned unchanged.
 * Drizzle's own message would show the query.
 */
export function readFault(error: unknown): unknown {
  if (isAppError(error) || !isStorageFault(error)) return error;
  return unavailable("The database cannot be used", error);
}

/** Why a statement failed, for the end of a sentence, without its text and its values; null for an error that is no statement's. */
export function queryFailure(error: unknown): string | null {
  return error instanceof DrizzleQueryError ? faultReason(codeOf(error), error.cause) : null;
}
