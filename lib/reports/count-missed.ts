import { jobsById } from "@/db/queries/jobs";
import { missedSlotsSince } from "@/db/queries/report";
import type { ReportSpan } from "@/lib/core/cron/report-times";
import { countReported } from "./missed-slots";

/** Counts the slots of jobs in the span that were reported as missed. */
export async function countMissedSlots(span: ReportSpan): Promise<number> {
  const reported = await missedSlotsSince(span.from);
  if (reported.length === 0) return 0;
  const jobs = await jobsById([...new Set(reported.map(({ jobId }) => jobId))]);
  const schedules = new Map(
    [...jobs.values()].flatMap(({ id, cron, timezone }) => (cron ? [[id, { cron, timezone }] as const] : [])),
  );
  return countReported(reported, schedules, span);
}
