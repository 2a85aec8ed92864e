/** Types of objects in the audit log. */
export const ENTITY_NAMES: Record<string, string> = {
  user: "Users",
  api_key: "API keys",
  channel: "Channels",
  client: "Clients",
  delivery: "Deliveries",
  escalation_policy: "Escalation policies",
  alert: "Alerts",
  job: "Jobs",
  profile: "Profiles",
  route: "Routes",
  sync: "Syncs",
  silence: "Silences",
  run: "Runs",
  source: "Sources",
  destination: "Destinations",
  repository: "Repositories",
  artifact: "Backups",
  settings: "Settings",
  installation: "Installation",
  configuration: "Configuration",
};

/** Kinds of entries that the log can be filtered by. */
export const AUDIT_GROUP_IDS = ["tests", "downloads", "sign_ins"] as const;
export const AUDIT_GROUP_NAMES: Record<(typeof AUDIT_GROUP_IDS)[number], string> = {
  tests: "Tests",
  downloads: "Downloads and logs",
  sign_ins: "Sign-ins",
};

const VERB_LABELS: Record<string, string> = {
  "setup.create": "Set up Belfry as",
  "session.signIn": "Signed in as",
  "session.signOut": "Signed out",
  "session.wrongPassword": "Wrong passwords for",
  "session.lock": "Blocked signing in as",
  "users.create": "Created user",
  "users.update": "Changed user",
  "users.delete": "Deleted user",
  "users.disable": "Disabled user",
  "users.enable": "Enabled user",
  "users.unlock": "Unlocked",
  "users.unlockAddress": "Unlocked the address",
  "users.invite": "Invited",
  "users.signOut": "Ended every session of",
  "invitations.accept": "Accepted the invitation of",
  "profile.update": "Changed own profile:",
  "profile.updateInbox": "Changed own bell:",
  "profile.password": "Changed own password:",
  "profile.endSession": "Ended an own session:",
  "profile.endOtherSessions": "Ended all other own sessions:",
  "apiKeys.create": "Created API key",
  "apiKeys.revoke": "Revoked API key",
  "repositories.breakLock": "Broke the lock of repository",
  "repositories.download": "Downloaded from an archive of repository",
  "repositories.exportKey": "Exported the key of repository",
  "repositories.check": "Started a check of repository",
  "repositories.compact": "Started a compact of repository",
  "repositories.prune": "Started a prune of repository",
  "clients.rotate": "Made a new token for client",
  "clients.revoke": "Revoked the token of client",
  "channels.move": "Moved what used channel",
  "channels.recover": "Sent again what was lost through channel",
  "channels.test": "Tested channel",
  "channels.testDraft": "Tested unsaved settings of channel",
  "sources.testDraft": "Tested unsaved settings of source",
  "destinations.testDraft": "Tested unsaved settings of destination",
  "artifacts.download": "Downloaded a backup of",
  "configBackup.download": "Downloaded",
  "runs.log": "Read the log of",
  "deliveries.resend": "Resent:",
  "deliveries.cancel": "Canceled:",
  "alerts.resolve": "Resolved:",
  "notifications.acknowledge": "Acknowledged:",
  "notifications.resolve": "Resolved:",
  "notifications.snooze": "Snoozed:",
  "jobs.checkIntegrity": "Read the backups of",
  "jobs.run": "Started job",
  "jobs.pause": "Paused job",
  "jobs.resume": "Resumed job",
  "jobs.importChecks": "Imported job",
  "jobs.importBorgmatic": "Imported from borgmatic:",
  "jobs.rotateToken": "Gave new addresses to job",
  "settings.pingKey.get": "Read the",
  "settings.pingKey.rotate": "Replaced the",
  "syncs.run": "Started sync",
  "jobs.bulk": "Changed, with others, job",
  "runs.cancel": "Canceled the run of",
  "artifacts.restore": "Restored",
  "artifacts.accept": "Accepted the size of a backup",
  "artifacts.testRestore": "Tested the restore of a backup",
  "installation.takeOver": "Took over as the installation:",
  "installation.stayApart": "Made an installation of its own:",
  "settings.email.test": "Tested the mail server of",
  "settings.heartbeat.test": "Sent a Test of the",
  "settings.notifications.test": "Sent a Test of",
};

const ACTION_LABELS: Record<string, string> = {
  create: "Created",
  update: "Changed",
  delete: "Deleted",
  test: "Tested",
  run: "Started",
  restore: "Restored",
};

/** What a verb did: `Created channel`. A verb without a label is described by its parts. */
export function describeVerb(verb: string): string {
  const known = VERB_LABELS[verb];
  if (known) return known;
  const parts = verb.split(".");
  const action = parts.length > 1 ? (parts.pop() ?? "") : "";
  const thing = splitWords(parts[0] ?? verb);
  // `settings.email.update`: the entry names the middle part.
  if (parts.length > 1 && ACTION_LABELS[action]) return `${ACTION_LABELS[action]} ${thing}:`;
  return [ACTION_LABELS[action] ?? splitWords(action), thing.replace(/s$/, "")].join(" ").trim();
}

/** What an entry says was done; what the caller's role did not permit was only tried. */
export function describeAuditEntry({ verb, detail }: { verb: string; detail: Record<string, unknown> | null }): string {
  const words = describeVerb(verb);
  return typeof detail?.refused === "string" ? `Refused: ${words}` : words;
}

function splitWords(name: string): string {
  return name
    .replaceAll(/([A-Z])/g, " $1")
    .replaceAll(/[-_]/g, " ")
    .toLowerCase()
    .trim();
}
