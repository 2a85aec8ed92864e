// Column types that only the database uses.

export type AccountStatus = "active" | "invited" | "disabled";

export type AuditActorKind = "user" | "api_key" | "command" | "system";

/** `retrying`: attempts fail and the channel is probed. `paused`: the service asked for a pause. */
export type ChannelHealth = "healthy" | "retrying" | "paused";

/** Parameters of a run beyond its job. */
export interface RunParams {
  /** Restore: the backup and its target. */
  artifactId?: string;
  target?: { path: string; overwrite?: boolean } | { sourceId: string; database: string; overwrite?: boolean };
  /** Configuration backup: the destination that takes it. */
  destinationId?: string;
}
