import type { ReportSlot, StoredReportOwner } from "@/db/queries/report";
import type { NextReports, SlotCorrections } from "@/db/stores/report-slots";
import { nextRun, type Schedule } from "@/lib/core/cron/next-run";
import { isOnSchedule, latestDue, reportSchedule } from "@/lib/core/cron/report-times";
import { loggerOf } from "@/lib/core/logger";
import { REPORT_PERIODS, type ReportPeriod, type ReportSettings } from "@/lib/core/report";

const log = loggerOf("reports");

/** A report that is due. Times in milliseconds. */
export interface DueReport {
  owner: StoredReportOwner;
  /** As it is stored. */
  slot: ReportSlot;
  /** The newest time up to now: the report is about the days before it. */
  dueAt: number;
  nextAt: number;
  timezone: string;
}

/** The zone of an owner's reports. @param installation that of the installation */
export function zoneOf(owner: Pick<StoredReportOwner, "reports" | "timezone">, installation: string): string {
  return owner.reports.timezone ?? owner.timezone ?? installation;
}

/** When each report that the settings ask for is due next. @param timezone where they name none */
export function nextReports(settings: ReportSettings | null, timezone: string, now: number): NextReports {
  const next: Partial<Record<ReportPeriod, number>> = {};
  for (const period of REPORT_PERIODS) {
    const schedule = settings && reportSchedule(settings, period, timezone);
    const nextAt = schedule ? nextRun(schedule, now) : null;
    if (nextAt !== null) next[period] = nextAt;
  }
  return next;
}

/**
 * Compares the stored slots with what the owners' settings say. A slot is right while it is one of its schedule and no later
 * than the next from now.
 */
export function lookAtSlots(
  owners: readonly StoredReportOwner[],
  slots: readonly ReportSlot[],
  installation: string,
  now: number,
): SlotCorrections & { due: DueReport[] } {
  const left = new Map(slots.map((slot) => [keyOf(slot.ownerKind, slot.ownerId, slot.period), slot]));
  const due: DueReport[] = [];
  const wrong: ReportSlot[] = [];
  const missing: ReportSlot[] = [];
  for (const owner of owners) {
    const timezone = zoneOf(owner, installation);
    for (const period of REPORT_PERIODS) {
      const schedule = reportSchedule(owner.reports, period, timezone);
      const nextAt = schedule && nextOf(schedule, owner, now);
      if (!schedule || nextAt === null) continue;
      const key = keyOf(owner.kind, owner.id, period);
      const slot = left.get(key);
      left.delete(key);
      if (slot && slot.nextAt <= nextAt && isOnSchedule(schedule, slot.nextAt)) {
        const dueAt = slot.nextAt <= now ? latestDue(schedule, slot.nextAt, now) : null;
        if (dueAt !== null) due.push({ owner, slot, dueAt, nextAt, timezone });
        continue;
      }
      if (slot) wrong.push(slot);
      missing.push({ ownerKind: owner.kind, ownerId: owner.id, period, nextAt });
    }
  }
  return { due, wrong: [...wrong, ...left.values()], missing };
}

/** A zone that this machine does not know costs its own owner the reports, never the others. */
function nextOf(schedule: Schedule, { kind, id }: StoredReportOwner, now: number): number | null {
  try {
    return nextRun(schedule, now);
  } catch (error) {
    log.warn("cannot work out when a report is due", { owner: kind, ownerId: id, error });
    return null;
  }
}

function keyOf(kind: string, id: string, period: ReportPeriod): string {
  return [kind, id, period].join("\n");
}
