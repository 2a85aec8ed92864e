import type { JobState } from "@/lib/core/job";
import type { RunKind } from "@/lib/core/run";
import { backupCompleted } from "./backup-completed";
import { backupFailed } from "./backup-failed";
import { backupMissed } from "./backup-missed";
import { backupStarted } from "./backup-started";
import { backupWarning } from "./backup-warning";
import { channelFailing } from "./channel-failing";
import { configBackupCompleted } from "./config-backup-completed";
import { configBackupFailed } from "./config-backup-failed";
import { customNotification } from "./custom-notification";
import type { EventType } from "./define-event";
import { restoreCompleted } from "./restore-completed";
import { restoreFailed } from "./restore-failed";
import { restoreTestCompleted } from "./restore-test-completed";
import { restoreTestFailed } from "./restore-test-failed";
import { systemError } from "./system-error";
import { userCreated } from "./user-created";
import { userLocked } from "./user-locked";
import { userLogin } from "./user-login";

export { CATEGORIES, type EventType } from "./define-event";

/** The event registry, in the order of the settings page. Types that nothing raises do not belong here. */
export const CATALOG: readonly EventType[] = [
  userLogin,
  userCreated,
  userLocked,
  backupStarted,
  backupCompleted,
  backupWarning,
  backupFailed,
  backupMissed,
  restoreCompleted,
  restoreFailed,
  restoreTestCompleted,
  restoreTestFailed,
  configBackupCompleted,
  configBackupFailed,
  systemError,
  channelFailing,
  customNotification,
];

const byType: ReadonlyMap<string, EventType> = new Map(CATALOG.map((entry) => [entry.type, entry]));
if (byType.size !== CATALOG.length) throw new Error("The event catalogue names a type twice.");

/** @throws Error for a type that is not in the catalogue: a defect, never bad input */
export function eventType(type: string): EventType {
  const entry = byType.get(type);
  if (!entry) throw new Error(`There is no event ${type} in the catalogue.`);
  return entry;
}

export function isEventType(type: string): boolean {
  return byType.has(type);
}

/** Types with a switch, channels and a Test of their own in Settings → Notifications. */
export const SYSTEM_EVENTS: readonly EventType[] = CATALOG.filter((entry) => entry.audience !== "job");

/** The outcome of a job that an event type reports; undefined for events that are not a job's. */
export function jobOutcomeOf(type: string): JobState | undefined {
  const entry = byType.get(type);
  return entry?.audience === "job" ? entry.reports?.outcomes[0] : undefined;
}

/** The event that reports an outcome of a run. @throws Error where none does: a defect */
export function eventOfRun(run: RunKind, outcome: JobState): EventType {
  const entry = CATALOG.find(({ reports }) => reports?.run === run && reports.outcomes.includes(outcome));
  if (!entry) throw new Error(`No event reports the outcome ${outcome} of a ${run}.`);
  return entry;
}
