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
  "backup.missed": plain,
  "restore.completed": restored,
  "restore.failed": restored,
  "restore_test.completed": plain,
  "restore_test.failed": failed,
  "config_backup.completed": forAdmins,
  "config_backup.failed": forAdmins,
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
  recipient: "admin",
  host: "operator",
  "missed.count": "viewer",
  "missed.firstDueAt": "viewer",
  "missed.lastDueAt": "viewer",
  "missed.graceMinutes": "viewer",
  "missed.reason": "viewer",
  "fields.label": "operator",
  "fields.value": "operator",
  "fields.short": "operator",
  "request.*": "admin",
};

/** @param type of any version of the program; one that is not known is for administrators */
export function eventVisibility(type: string): EventVisibility {
  return EVENT_VISIBILITY[type] ?? forAdmins;
}

/** Types of events that the role does not see at all. */
export function hiddenEventTypes(role: Role): readonly string[] {
  return Object.keys(EVENT_VISIBILITY).filter((type) => highest(role, eventVisibility(type).row) !== role);
}
