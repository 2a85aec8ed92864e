/** What the ids of a verb's input name. */
export type ScopedKind = "client" | "job" | "run" | "alert" | "entry" | "delivery" | "artifact";

/**
 * How a verb keeps to the clients of an account that is limited to some: `own` answers nothing of clients or jobs, `listed`
 * leaves out by itself what is of others, and a kind says what its `id` names, which is looked up first.
 */
type ClientScope = "own" | "listed" | ScopedKind;

/**
 * Every verb that an account may call that is limited to some clients; all others do not exist for it. Verbs that need no
 * account are not among them: everybody may call those.
 */
export const CLIENT_SCOPE: Readonly<Record<string, ClientScope>> = {
  "profile.get": "own",
  "profile.update": "own",
  "profile.updateInbox": "own",
  "profile.password": "own",
  "profile.sessions": "own",
  "profile.endSession": "own",
  "profile.endOtherSessions": "own",
  "session.signOut": "own",
  "installation.get": "own",
  "settings.timezone.get": "own",
  "events.types": "own",
  "overview.read": "listed",
  "clients.list": "listed",
  "clients.get": "client",
  "clients.storage": "client",
  "jobs.list": "listed",
  "jobs.count": "listed",
  "jobs.options": "listed",
  "jobs.get": "job",
  "jobs.run": "job",
  "runs.list": "listed",
  "runs.get": "run",
  "runs.log": "run",
  "runs.cancel": "run",
  "artifacts.days": "listed",
  "artifacts.list": "listed",
  "artifacts.get": "artifact",
  "alerts.list": "listed",
  "alerts.reachedNobody": "listed",
  "alerts.acknowledge": "alert",
  "alerts.resolve": "alert",
  "notifications.list": "listed",
  "notifications.unread": "listed",
  "notifications.readAll": "listed",
  "notifications.get": "entry",
  "notifications.read": "entry",
  "notifications.acknowledge": "entry",
  "notifications.resolve": "entry",
  "notifications.snooze": "entry",
  "deliveries.list": "listed",
  "deliveries.get": "delivery",
};
