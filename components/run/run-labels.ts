import type { RunKind, RunTrigger } from "@/lib/core/run";

export const RUN_KIND_NAME: Record<RunKind, string> = {
  backup: "Backup",
  restore: "Restore",
  config_backup: "Configuration backup",
};

/** RoutingPreview or what asked for a run, in words: `by schedule`, `by Ana`. */
export function triggerText(run: { trigger: RunTrigger; actorName: string | null }): string {
  if (run.trigger === "schedule") return "by schedule";
  if (run.trigger === "api") return run.actorName ? `through the API, ${run.actorName}` : "through the API";
  return run.actorName ? `by ${run.actorName}` : "by hand";
}

/** How long a run took, or has been going; null while it waits. @returns milliseconds */
export function tookMs(run: { startedAt: string | null; finishedAt: string | null }, now: number): number | null {
  if (!run.startedAt) return null;
  return (run.finishedAt ? Date.parse(run.finishedAt) : now) - Date.parse(run.startedAt);
}

/** Where an error begins, for a line of a list. */
export function shortError(error: string | null): string | null {
  const line = error?.trim().split("\n", 1)[0];
  // The status says that already.
  if (!line || line === "Canceled.") return null;
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
