import { openSubjects } from "@/db/queries/alerts";
import { allReportSlots, type ReportSlot, reportOwners, type StoredReportOwner } from "@/db/queries/report";
import { correctReportSlots, takeReportSlotChange } from "@/db/stores/report-slots";
import type { Role } from "@/lib/core/role";
import { emit } from "@/lib/dispatch/emit";
import type { ReportData } from "@/lib/events/report-data";
import { reportSent } from "@/lib/events/report-sent";
import { systemError } from "@/lib/events/system-error";
import { gatherReport } from "./gather";
import { noteLateReports } from "./late-reports";
import { type DueReport, lookAtSlots } from "./slots";
import { installationZone } from "./zone";

/** The reports as the subject of their own errors. */
export const REPORTS = { kind: "component", id: "reports", name: "Reports" } as const;

/** What a channel's report names is what an operator sees: a channel has many readers. */
export const CHANNEL_ROLE: Role = "operator";

/**
 * Sends each report that is due, once over all processes, and sets the slots right: of settings that came with a restored
 * configuration, of a zone that was changed, of a clock that was wrong. After a time without Belfry it is the newest span
 * alone. @param now milliseconds @returns how many were sent
 */
export async function sendDueReports(now: number): Promise<number> {
  const [owners, slots] = await Promise.all([reportOwners(), allReportSlots()]);
  if (owners.length === 0 && slots.length === 0) return 0;
  const { due, wrong, missing } = lookAtSlots(owners, slots, await installationZone(), now);
  if (wrong.length + missing.length > 0) await correctReportSlots({ wrong, missing });
  const gathered = new Map<string, Promise<ReportData>>();
  const sent: DueReport[] = [];
  for (const one of due) if (await sendReport(one, gathered, now)) sent.push(one);
  await noteLateReports(sent, now);
  return sent.length;
}

/** @param gathered what was read for others: many have the same hour, zone and role */
async function sendReport(
  { owner, slot, dueAt, nextAt, timezone }: DueReport,
  gathered: Map<string, Promise<ReportData>>,
  now: number,
): Promise<boolean> {
  const role = owner.role ?? CHANNEL_ROLE;
  const key = [slot.period, timezone, role, dueAt].join("\n");
  const reading = gathered.get(key) ?? gatherReport({ period: slot.period, timezone, role, dueAt, now });
  gathered.set(key, reading);
  const draft = reportSent.draft({
    subject: { kind: owner.kind, id: owner.id, name: owner.name },
    at: now,
    data: { report: await reading },
    to: owner.kind === "channel" ? { channelId: owner.id } : { user: { id: owner.id, email: owner.email ?? "" } },
  });
  const written = await emit(draft, takeReportSlotChange(slot, nextAt));
  if (!written) return false;
  if (owner.kind === "user") await reportMailer(owner, slot, written.deliveries > 0, now);
  return true;
}

/** A report that no channel could mail is a problem of its own; the next that could ends it. */
async function reportMailer(
  { name }: StoredReportOwner,
  { period }: ReportSlot,
  isOnItsWay: boolean,
  now: number,
): Promise<void> {
  if (!isOnItsWay) {
    const error = `The ${period} report for ${name} was not sent: there is neither an enabled Email channel nor a system mail server.`;
    const advice = "Add an Email channel, or fill in Settings, Email.";
    await emit({ ...systemError.draft({ subject: REPORTS, at: now, data: { error, advice } }), status: "firing" });
    return;
  }
  const isOpen = (await openSubjects(systemError.type)).some(({ subjectId }) => subjectId === REPORTS.id);
  if (isOpen) await emit({ ...systemError.draft({ subject: REPORTS, at: now, data: {} }), status: "resolved" });
}
