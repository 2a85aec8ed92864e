import type { RunKind, RunTrigger } from "@/lib/core/run";

export const RUN_KIND_NAME: Record<RunKind, string> = {
  backup: "Backup",
  restore: "Restore",
  restore_test: "Restore test",
  integrity_check: "Integrity check",
  config_backup: "Configuration backup",
  sync: "Sync",
  check: "Check",
  compact: "Compact",
  prune: "Prune",
};

/** What started a run: `scheduled`, `by Ana`, `via API, ci`. */
export function describeTrigger(run: { trigger: RunTrigger; actorName: string | null }): string {
  if (run.trigger === "schedule") return "scheduled";
  if (run.trigger === "api") return run.actorName ? `via API, ${run.actorName}` : "via API";
  return run.actorName ? `by ${run.actorName}` : "manual";
}

/** Duration of a run so far; null while it is queued. @returns milliseconds */
export function runDurationMs(
  run: { startedAt: string | null; finishedAt: string | null },
  now: number,
): number | null {
  if (!run.startedAt) return null;
  return (run.finishedAt ? Date.parse(run.finishedAt) : now) - Date.parse(run.startedAt);
}

/** The first line of an error, for lists. */
export function shortError(error: string | null): string | null {
  const line = error?.trim().split("\n", 1)[0];
  // The status shows that already.
  if (!line || line === "Canceled.") return null;
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
