import { queryFailure } from "@/db/faults";
import { isAppError, messageOf } from "@/lib/core/errors";

/**
 * `canceled`: a person asked. `interrupted`: Belfry is stopping. Both are our own flags: a tool that was
 * stopped exits like one that failed, so its exit code says nothing about why.
 */
export type RunErrorKind = "failed" | "cannot_start" | "time_limit" | "silent" | "canceled" | "interrupted";

const BRAND = Symbol.for("belfry.RunError");

/** What a field of the endpoint's form could be set to, once a person has looked at it. */
export interface FieldProposal {
  field: string;
  value: string;
}

interface RunErrorOptions {
  kind?: RunErrorKind;
  advice?: string | null;
  proposal?: FieldProposal;
  isFolderMissing?: boolean;
  cause?: unknown;
}

/** Why a run, or a part of it, failed: a sentence for people, and what to do about it. */
export class RunError extends Error {
  readonly [BRAND] = true;
  readonly kind: RunErrorKind;
  readonly advice: string | null;
  readonly proposal: FieldProposal | null;
  /** The folder of an endpoint that is being set up is missing: a person may choose to create it. */
  readonly isFolderMissing: boolean;

  constructor(message: string, options: RunErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = "RunError";
    this.kind = options.kind ?? "failed";
    this.advice = options.advice ?? null;
    this.proposal = options.proposal ?? null;
    this.isFolderMissing = options.isFolderMissing ?? false;
  }
}

export function isRunError(error: unknown): error is RunError {
  return typeof error === "object" && error !== null && BRAND in error;
}

/** Something that the run needs is missing: found before anything was written. */
export function startError(message: string, advice?: string | null, cause?: unknown): RunError {
  return new RunError(message, { kind: "cannot_start", advice, cause });
}

const SYSTEM_ERRORS: Record<string, string> = {
  ENOENT: "does not exist",
  ENOTDIR: "is not a folder",
  EISDIR: "is a folder",
  EACCES: "may not be accessed by the user Belfry runs as",
  EPERM: "may not be changed by the user Belfry runs as",
  EROFS: "is on a read-only file system",
  ENOSPC: "is on a disk that is full",
  EDQUOT: "is over its disk quota",
  ELOOP: "is a link, or lies behind one, and Belfry does not follow it there",
  EIO: "could not be read or written by the disk",
  ENAMETOOLONG: "has a name that is too long",
  ESTALE: "is on a network file system that is not connected",
  ENOTCONN: "is on a network file system that is not connected",
  EMFILE: "could not be opened: too many files are open",
};

const SYSTEM_ADVICE: Record<string, string> = {
  EACCES: "Give the user that Belfry runs as access to it, or run Belfry as another user.",
  EPERM: "Give the user that Belfry runs as access to it, or run Belfry as another user.",
  ENOSPC: "Free some space there, or keep fewer backups.",
  EDQUOT: "Free some space there, or raise the quota.",
  ESTALE: "Mount it again.",
  ENOTCONN: "Mount it again.",
};

/** The code of a system error, `ENOSPC`; empty for anything else. */
export function systemCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}

/**
 * A file system error as a RunError. @param what begins the sentence: `The folder /srv/backups`
 * @returns the error itself when it is a RunError already
 */
export function fileError(error: unknown, what: string, kind: RunErrorKind = "failed"): RunError {
  if (isRunError(error)) return error;
  const code = systemCode(error);
  const predicate = SYSTEM_ERRORS[code];
  return new RunError(predicate ? `${what} ${predicate}.` : `${what} cannot be used: ${messageOf(error)}`, {
    kind,
    advice: SYSTEM_ADVICE[code],
    cause: error,
  });
}

/** Anything that was thrown, as a RunError. An AppError keeps its message. */
export function toRunError(error: unknown): RunError {
  if (isRunError(error)) return error;
  if (isAppError(error)) return new RunError(error.message, { cause: error });
  const query = queryFailure(error);
  if (query) return new RunError(`Belfry's own database could not be used: ${query}.`, { cause: error });
  return fileError(error, pathOf(error) ?? "Something");
}

function pathOf(error: unknown): string | null {
  const path = (error as { path?: unknown } | null)?.path;
  return typeof path === "string" ? path : null;
}
