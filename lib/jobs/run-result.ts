import type { BackupContents } from "@/lib/core/backup-contents";
import type { ReportedArchive } from "@/lib/core/reported-archive";
import type { RunReasonCode } from "@/lib/core/run";
import type { RunErrorKind } from "./run-error";

/** The result of one attempt of a run, before it is settled. */
export interface RunResult {
  status: "success" | "warning" | "failure" | "canceled";
  /** Bytes as stored, counted once. */
  bytes: number | null;
  /** What the backup holds. */
  contents?: BackupContents;
  files: number | null;
  /** What a program made that stores backups by itself. */
  archives?: ReportedArchive[];
  /** Sync: files that it deleted at the destination. */
  deleted?: number;
  /** The error, or what needs attention; null for a success without warnings. */
  error: string | null;
  advice: string | null;
  kind: RunErrorKind | null;
  /** Canceled, though nobody asked: by a hook. */
  reasonCode?: RunReasonCode;
}

/** Longer errors help nobody and are sent through every channel. */
const ERROR_CHARS = 4_000;

export function cutError(text: string): string {
  return text.length > ERROR_CHARS ? `${text.slice(0, ERROR_CHARS)} …` : text;
}

/** A success, or a warning with the problems one per line. */
export function successResult(
  bytes: number | null,
  files: number | null,
  problems: string[] = [],
  advice: string | null = null,
): RunResult {
  return {
    status: problems.length ? "warning" : "success",
    bytes,
    files,
    error: problems.length ? cutError(problems.join("\n")) : null,
    advice,
    kind: null,
  };
}
