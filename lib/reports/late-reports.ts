import { openSubjects } from "@/db/queries/alerts";
import { slotsBetween } from "@/lib/core/cron/next-run";
import { reportSchedule } from "@/lib/core/cron/report-times";
import { emit } from "@/lib/dispatch/emit";
import { reportMissed } from "@/lib/events/report-missed";
import type { DueReport } from "./slots";

/** A report this late is still on time: a restart is no outage. */
const GRACE_MINUTES = 5;

/** The schedule of all reports, as the subject of what it missed. */
const REPORT_SCHEDULE = { kind: "component", id: "report-schedule", name: "Reports" } as const;

/**
 * Reports what came due and was not sent in time, once for all of it; the next report that is on time ends that.
 * @param sent those that this look has sent @param now milliseconds
 */
export async function noteLateReports(sent: readonly DueReport[], now: number): Promise<void> {
  const late = sent.filter(({ slot }) => now - slot.nextAt > GRACE_MINUTES * 60_000);
  if (late.length > 0) {
    await emit(lateDraft(late, now));
  } else if (sent.length > 0) {
    const isOpen = (await openSubjects(reportMissed.type)).some(({ subjectId }) => subjectId === REPORT_SCHEDULE.id);
    if (!isOpen) return;
    await emit({ ...reportMissed.draft({ subject: REPORT_SCHEDULE, at: now, data: {} }), status: "resolved" });
  }
}

function lateDraft(late: readonly DueReport[], now: number) {
  const firstDueAt = Math.min(...late.map(({ slot }) => slot.nextAt));
  const missed = {
    count: late.reduce((sum, one) => sum + slotsOf(one), 0),
    firstDueAt,
    lastDueAt: Math.max(...late.map(({ dueAt }) => dueAt)),
    graceMinutes: GRACE_MINUTES,
    reason: "Belfry was not running then; the newest of each is sent now.",
  };
  const owners = [...new Set(late.map(({ owner }) => owner.name))];
  const at = Math.min(now, firstDueAt + GRACE_MINUTES * 60_000);
  return reportMissed.draft({ subject: REPORT_SCHEDULE, at, data: { missed, owners } });
}

function slotsOf({ owner, slot, dueAt, timezone }: DueReport): number {
  const schedule = reportSchedule(owner.reports, slot.period, timezone);
  return schedule ? slotsBetween(schedule, slot.nextAt, dueAt).count : 1;
}
