/** On every snapshot that a job makes. */
export const OURS = "belfry";

/** On the snapshots of one job. */
export function resticTag(series: string): string {
  return `${OURS}-job-${series}`;
}
