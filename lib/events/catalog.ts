import type { JobState } from "@/lib/core/job";
import type { RunKind } from "@/lib/core/run";
import { backupCompleted } from "./backup-completed";
import { backupFailed } from "./backup-failed";
import { backupMissed } from "./backup-missed";
import { backupOverdue } from "./backup-overdue";
import { backupSkipped } from "./backup-skipped";
import { backupSlow } from "./backup-slow";
import { backupStarted } from "./backup-started";
import { backupWarning } from "./backup-warning";
import { channelFailing } from "./channel-failing";
import { checkCompleted } from "./check-completed";
import { checkFailed } from "./check-failed";
import { clientOffline } from "./client-offline";
import { clientOnline } from "./client-online";
import { compactCompleted } from "./compact-completed";
import { compactFailed } from "./compact-failed";
import { configBackupCompleted } from "./config-backup-completed";
import { configBackupFailed } from "./config-backup-failed";
import { configBackupMissed } from "./config-backup-missed";
import { connectionOffline } from "./connection-offline";
import { connectionOnline } from "./connection-online";
import { customNotification } from "./custom-notification";
import { databaseVersionChanged } from "./database-version-changed";
import type { EventType } from "./define-event";
import { destinationStale } from "./destination-stale";
import { integrityCompleted } from "./integrity-completed";
import { integrityFailed } from "./integrity-failed";
import { pruneCompleted } from "./prune-completed";
import { pruneFailed } from "./prune-failed";
import { reportMissed } from "./report-missed";
import { reportSent } from "./report-sent";
import { restoreCompleted } from "./restore-completed";
import { restoreFailed } from "./restore-failed";
import { restoreTestCompleted } from "./restore-test-completed";
import { restoreTestFailed } from "./restore-test-failed";
import { storageLow } from "./storage-low";
import { storageSpike } from "./storage-spike";
import { storageUnmounted } from "./storage-unmounted";
import { syncCompleted } from "./sync-completed";
import { syncFailed } from "./sync-failed";
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
  backupSkipped,
  backupMissed,
  backupSlow,
  backupOverdue,
  restoreCompleted,
  restoreFailed,
  restoreTestCompleted,
  restoreTestFailed,
  integrityCompleted,
  integrityFailed,
  clientOffline,
  clientOnline,
  checkCompleted,
  checkFailed,
  compactCompleted,
  compactFailed,
  pruneCompleted,
  pruneFailed,
  storageLow,
  storageUnmounted,
  storageSpike,
  destinationStale,
  connectionOffline,
  connectionOnline,
  databaseVersionChanged,
  syncCompleted,
  syncFailed,
  configBackupCompleted,
  configBackupFailed,
  configBackupMissed,
  reportMissed,
  reportSent,
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
export const SYSTEM_EVENTS: readonly EventType[] = CATALOG.filter(
  ({ audience }) => audience === "system" || audience === "caller",
);

/** Types that a channel may subscribe to: what goes to its addressee alone is asked for elsewhere. */
export const SUBSCRIBABLE_EVENTS: readonly EventType[] = CATALOG.filter(({ audience }) => audience !== "addressee");

/** The outcome of a job that an event type reports; undefined for events that are not a job's. */
export function jobOutcomeOf(type: string): JobState | undefined {
  const entry = byType.get(type);
  return entry?.audience === "job" ? entry.reports?.outcomes[0] : undefined;
}

/** The outcome by which a job's rules take or leave an event of the job; undefined for other events. */
export function ruledOutcomeOf(type: string): JobState | undefined {
  return jobOutcomeOf(type) ?? byType.get(type)?.takenAs ?? undefined;
}

/** The event that reports an outcome of a run. @throws Error where none does: a defect */
export function eventOfRun(run: RunKind, outcome: JobState): EventType {
  const entry = CATALOG.find(({ reports }) => reports?.run === run && reports.outcomes.includes(outcome));
  if (!entry) throw new Error(`No event reports the outcome ${outcome} of a ${run}.`);
  return entry;
}
