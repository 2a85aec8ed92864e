export const RUN_KINDS = [
  "backup",
  "restore",
  "restore_test",
  "integrity_check",
  "config_backup",
  "sync",
  "check",
  "compact",
  "prune",
] as const;
export type RunKind = (typeof RUN_KINDS)[number];

export const RUN_STATUSES = ["queued", "running", "success", "warning", "failure", "canceled"] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** Statuses in which a run is over. */
export const SETTLED_STATUSES = ["success", "warning", "failure", "canceled"] as const;
export type SettledStatus = (typeof SETTLED_STATUSES)[number];

export const RUN_TRIGGERS = ["schedule", "manual", "api"] as const;
export type RunTrigger = (typeof RUN_TRIGGERS)[number];

/** Who does a run's work: a worker of Belfry, a client's agent, or another program that only reports. */
export const RUN_EXECUTORS = ["worker", "client", "external"] as const;
export type RunExecutor = (typeof RUN_EXECUTORS)[number];

/** Why a run was canceled, where nobody asked for it. `skipped`: a hook before the backup decided so. */
export const RUN_REASON_CODES = ["skipped"] as const;
export type RunReasonCode = (typeof RUN_REASON_CODES)[number];

/** What or who started a run: `schedule`, `Ana Example`, `API key ci`. */
export function describeStarter({ trigger, actorName }: { trigger: RunTrigger; actorName: string | null }): string {
  if (trigger === "schedule") return "schedule";
  if (trigger === "api") return actorName ? `API key ${actorName}` : "API";
  return actorName ?? "a person";
}
