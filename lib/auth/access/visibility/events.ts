import type { Role } from "@/lib/core/role";
import { highest } from "../permission";

/** Who sees what of an event, of its alert and of the deliveries about it. */
export interface EventVisibility {
  /** That it happened at all. */
  row: Role;
  /** The name of what it is about. */
  subject: Role;
  title: Role;
  message: Role;
  /** The facts below the message. */
  facts: Role;
  /** What is sent and what services answer, which may repeat everything that the event carries. */
  payload: Role;
}

const everybody = { row: "viewer", subject: "viewer", title: "viewer" } as const;

/** A run: names of jobs, sources and destinations for all, the tool's own words and logs from operators on. */
const plain: EventVisibility = { ...everybody, message: "viewer", facts: "viewer", payload: "operator" };
const failed: EventVisibility = { ...plain, message: "operator" };
/** Names a path or a database in its title already. */
const restored: EventVisibility = {
  row: "viewer",
  subject: "operator",
  title: "operator",
  message: "operator",
  facts: "operator",
  payload: "operator",
};
const forAdmins: EventVisibility = {
  row: "admin",
  subject: "admin",
  title: "admin",
  message: "admin",
  facts: "admin",
  payload: "admin",
};

/** Every type of event. A test fills each with marks and compares its texts with this table. */
export const EVENT_VISIBILITY: Readonly<Record<string, EventVisibility>> = {
  "user.login": {
    row: "operator",
    subject: "operator",
    title: "operator",
    message: "operator",
    facts: "admin",
    payload: "admin",
  },
  "user.created": { ...everybody, message: "viewer", facts: "admin", payload: "admin" },
  "user.locked": {
    row: "operator",
    subject: "operator",
    title: "operator",
    message: "operator",
    facts: "operator",
    payload: "admin",
  },
  "backup.started": plain,
  "backup.completed": plain,
  "backup.warning": failed,
  "backup.failed": failed,
  "backup.skipped": failed,
  "backup.missed": plain,
  "backup.slow": plain,
  "backup.overdue": plain,
  "restore.completed": restored,
  "restore.failed": restored,
  "restore_test.completed": plain,
  "restore_test.failed": failed,
  "client.offline": plain,
  "client.online": plain,
  "check.completed": plain,
  "check.failed": failed,
  "compact.completed": plain,
  "compact.failed": failed,
  "prune.completed": plain,
  "prune.failed": failed,
  "storage.low": failed,
  "storage.unmounted": failed,
  "storage.spike": plain,
  "destination.stale": plain,
  "integrity.completed": plain,
  "integrity.failed": failed,
  "connection.offline": failed,
  "connection.online": plain,
  "database.version_changed": plain,
  "sync.completed": plain,
  "sync.failed": failed,
  "config_backup.completed": forAdmins,
  "config_backup.failed": forAdmins,
  "config_backup.missed": forAdmins,
  // Names accounts.
  "report.missed": forAdmins,
  // Each is composed for the role of those who get it; its facts may name what only administrators see.
  "report.sent": { ...everybody, message: "viewer", facts: "admin", payload: "admin" },
  "system.error": { ...everybody, message: "operator", facts: "operator", payload: "operator" },
  // Names the recipient whom a service refuses, and repeats the service's words.
  "channel.failing": {
    row: "viewer",
    subject: "viewer",
    title: "admin",
    message: "admin",
    facts: "admin",
    payload: "admin",
  },
  // The caller's own words.
  "custom.notification": { ...everybody, message: "operator", facts: "operator", payload: "operator" },
  "channel.test": plain,
};

/** Every part of events' data, by its path; `*` is any name. What an event is made of decides who reads its texts. */
export const EVENT_DATA_VISIBILITY: Readonly<Record<string, Role>> = {
  // A tool's or a service's own words: hosts, paths, users of databases.
  error: "operator",
  advice: "operator",
  "job.id": "viewer",
  "job.name": "viewer",
  "job.slug": "viewer",
  "run.id": "viewer",
  "run.status": "viewer",
  "run.startedAt": "viewer",
  "run.finishedAt": "viewer",
  "run.bytes": "viewer",
  "run.files": "viewer",
  "run.tables": "viewer",
  "run.attempts": "viewer",
  task: "viewer",
  sourceName: "viewer",
  destinationNames: "viewer",
  startedBy: "viewer",
  actorName: "viewer",
  role: "viewer",
  target: "operator",
  "user.id": "viewer",
  "user.name": "viewer",
  "user.email": "admin",
  invitation: "admin",
  address: "operator",
  device: "operator",
  lastAddress: "operator",
  userAgent: "operator",
  failures: "operator",
  lockedUntil: "operator",
  "channel.id": "viewer",
  "channel.name": "viewer",
  "channel.providerName": "viewer",
  "client.id": "viewer",
  "client.name": "viewer",
  deleted: "viewer",
  lastSeenAt: "viewer",
  silentMs: "viewer",
  recipient: "admin",
  host: "operator",
  "storage.mount": "operator",
  "storage.usedBytes": "viewer",
  "storage.freeBytes": "viewer",
  "storage.threshold.percent": "viewer",
  "storage.threshold.freeBytes": "viewer",
  "stale.hours": "viewer",
  "stale.since": "viewer",
  "stale.lastBackupAt": "viewer",
  "spike.beforeBytes": "viewer",
  "spike.beforeAt": "viewer",
  "spike.usedBytes": "viewer",
  "spike.sharePercent": "viewer",
  "connection.since": "viewer",
  "connection.misses": "viewer",
  "connection.downtimeMs": "viewer",
  "version.before": "viewer",
  "version.now": "viewer",
  "missed.count": "viewer",
  "missed.firstDueAt": "viewer",
  "missed.lastDueAt": "viewer",
  "missed.graceMinutes": "viewer",
  "missed.reason": "viewer",
  "slow.runningMs": "viewer",
  "slow.usualMs": "viewer",
  "slow.nextDueAt": "viewer",
  "overdue.hours": "viewer",
  "overdue.since": "viewer",
  "overdue.lastBackupAt": "viewer",
  "report.period": "viewer",
  "report.from": "viewer",
  "report.to": "viewer",
  "report.timezone": "viewer",
  "report.role": "viewer",
  "report.sentBy": "viewer",
  owners: "admin",
  "report.jobs": "viewer",
  "report.succeeded": "viewer",
  "report.warned": "viewer",
  "report.failed": "viewer",
  "report.canceled": "viewer",
  "report.missed": "viewer",
  "report.unfinished": "viewer",
  "report.failures.count": "viewer",
  "report.failures.items.name": "operator",
  "report.failures.items.kind": "viewer",
  "report.failures.items.times": "viewer",
  "report.failures.items.error": "operator",
  "report.misses.count": "viewer",
  "report.misses.items.name": "viewer",
  "report.misses.items.slots": "viewer",
  "report.open.count": "viewer",
  "report.open.items.title": "admin",
  "report.open.items.since": "viewer",
  "report.quiet.count": "viewer",
  "report.quiet.items.what": "viewer",
  "report.quiet.items.name": "viewer",
  "report.quiet.items.until": "viewer",
  "report.growth.name": "viewer",
  "report.growth.bytes": "viewer",
  "report.growth.before": "viewer",
  "fields.label": "operator",
  "fields.value": "operator",
  "fields.short": "operator",
  "request.*": "admin",
};

/** @param type of any version of the program; one that is not known is for administrators */
export function eventVisibility(type: string): EventVisibility {
  return EVENT_VISIBILITY[type] ?? forAdmins;
}

/** Types of events that the role does not see at all, or not that part of. */
export function hiddenEventTypes(role: Role, part: keyof EventVisibility = "row"): readonly string[] {
  return Object.entries(EVENT_VISIBILITY).flatMap(([type, found]) =>
    highest(role, highest(found[part], found.row)) === role ? [] : [type],
  );
}
