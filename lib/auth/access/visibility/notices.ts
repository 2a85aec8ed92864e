import type { Notice } from "@/lib/core/bus";
import type { Role } from "@/lib/core/role";

/** Who is notified by the live stream that something of a topic changed. Notices carry ids only. */
export const NOTICE_ROLES: Readonly<Record<Notice["topic"], Role>> = {
  deliveries: "viewer",
  alerts: "viewer",
  runs: "viewer",
  "run-log": "operator",
  "run-progress": "viewer",
  signals: "operator",
  channels: "viewer",
  clients: "viewer",
  repositories: "viewer",
  jobs: "viewer",
  settings: "viewer",
  users: "viewer",
  // Everybody has a list of their own.
  sessions: "viewer",
  "api-keys": "admin",
  routing: "viewer",
  storage: "viewer",
  inbox: "viewer",
};

/** Topics of which an account that is limited to some clients is notified; without ids, which may be of others. */
export const CLIENT_TOPICS: ReadonlySet<Notice["topic"]> = new Set([
  "alerts",
  "runs",
  "run-log",
  "run-progress",
  "clients",
  "jobs",
  "deliveries",
  "users",
  "sessions",
  "settings",
  "inbox",
]);
