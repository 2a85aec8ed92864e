export const RUN_KINDS = ["backup", "restore", "config_backup"] as const;
export type RunKind = (typeof RUN_KINDS)[number];

export const RUN_STATUSES = ["queued", "running", "success", "warning", "failure", "canceled"] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** Statuses in which a run is over. */
export const SETTLED_STATUSES = ["success", "warning", "failure", "canceled"] as const;
export type SettledStatus = (typeof SETTLED_STATUSES)[number];

export const RUN_TRIGGERS = ["schedule", "manual", "api"] as const;
export type RunTrigger = (typeof RUN_TRIGGERS)[number];
