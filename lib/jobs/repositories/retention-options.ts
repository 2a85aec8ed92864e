import { RETENTION_SPANS, type Retention } from "@/lib/core/repository";

/** What is kept, as options of `borg prune` and of `restic forget`, which name them alike. */
export function pruneOptions(retention: Retention): string[] {
  return RETENTION_SPANS.flatMap((span) => {
    const count = retention[span];
    return count ? [`--keep-${span}`, String(count)] : [];
  });
}
