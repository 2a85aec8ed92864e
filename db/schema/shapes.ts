// Column types that only the database uses.

export type AccountStatus = "active" | "invited" | "disabled";

export type AuditActorKind = "user" | "api_key" | "command" | "system";

/** `retrying`: attempts fail and the channel is probed. `paused`: the service asked for a pause. */
export type ChannelHealth = "healthy" | "retrying" | "paused";

import type { RestoreMode } from "@/lib/core/restore-mode";

/** Parameters of a run beyond its job. */
export interface RunParams {
  /** Restore and restore test: the backup. */
  artifactId?: string;
  /** Restore test: the run that made the backup. */
  backupRunId?: string;
  /** Restore: where to, whether over what is there, and how it deals with what fails. */
  target?: ({ path: string } | { sourceId: string; database: string }) & { overwrite?: boolean; mode?: RestoreMode };
  /** Restore to a path: how far it may go, by who asked for it; not given: into the restore folder. */
  reach?: "folder" | "roots" | "anywhere";
  /** Configuration backup: the destination that takes it. */
  destinationId?: string;
  /** Sync: a person has said that most of its files are meant to be deleted. */
  deletesMany?: true;
  /** Integrity check: a person asked for it, so at every destination, whether it asks to be read again or not. */
  everywhere?: true;
  /** Backup: the interrupted run that it repeats; it is not repeated itself. */
  repeats?: string;
}
