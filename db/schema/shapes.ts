/** Shapes of columns that only the database knows. */
export type UserStatus = "active" | "invited" | "disabled";

export type AuditActorKind = "user" | "api_key" | "command" | "system";

/** `retrying`: attempts fail and the channel is probed. `paused`: the service asked to pause. */
export type ChannelHealth = "healthy" | "retrying" | "paused";

/** What a run needs to know beyond its job. */
export interface RunParams {
  /** Restore: which backup, and where to. */
  artifactId?: string;
  target?: { path: string; overwrite?: boolean } | { sourceId: string; database: string; overwrite?: boolean };
  /** Configuration backup: the destination that takes it. */
  destinationId?: string;
}
