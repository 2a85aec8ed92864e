import { jobsById } from "@/db/queries/jobs";
import { missedSlotsSince } from "@/db/queries/report";
import type { ReportSpan } from "@/lib/core/cron/report-times";
import { countReported } from "./missed-slots";

/** Counts the slots of jobs in the span that were reported as missed. @param clientIds only of the jobs of these clients */
export async function countMissedSlots(span: ReportSpan, clientIds?: readonly string[] | null): Promise<number> {
  const all = await missedSlotsSince(span.from);
  if (all.length === 0) return 0;
  const jobs = await jobsById([...new Set(all.map(({ jobId }) => jobId))]);
  const isCounted = (jobId: string) => !clientIds || clientIds.includes(jobs.get(jobId)?.clientId ?? "");
  const reported = all.filter(({ jobId }) => isCounted(jobId));
  const schedules = new Map(
    [...jobs.values()].flatMap(({ id, cron, timezone }) => (cron ? [[id, { cron, timezone }] as const] : [])),
  );
  return countReported(reported, schedules, span);
}
