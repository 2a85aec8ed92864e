/** Types of objects in the audit log. */
export const ENTITY_NAMES: Record<string, string> = {
  user: "Users",
  api_key: "API keys",
  channel: "Channels",
  delivery: "Deliveries",
  alert: "Alerts",
  job: "Jobs",
  run: "Runs",
  source: "Sources",
  destination: "Destinations",
  artifact: "Backups",
  settings: "Settings",
  installation: "Installation",
};

const VERB_LABELS: Record<string, string> = {
  "setup.create": "Set up Belfry as",
  "session.signIn": "Signed in as",
  "users.create": "Created user",
  "users.update": "Changed user",
  "users.delete": "Deleted user",
  "users.disable": "Disabled user",
  "users.enable": "Enabled user",
  "users.unlock": "Unlocked",
  "users.invite": "Invited",
  "invitations.accept": "Accepted the invitation of",
  "profile.update": "Changed own profile:",
  "profile.password": "Changed own password:",
  "apiKeys.create": "Created API key",
  "apiKeys.revoke": "Revoked API key",
  "channels.test": "Tested channel",
  "channels.testDraft": "Tested an unsaved channel",
  "deliveries.resend": "Resent:",
  "deliveries.cancel": "Canceled:",
  "alerts.resolve": "Resolved:",
  "jobs.run": "Started job",
  "runs.cancel": "Canceled the run of",
  "artifacts.restore": "Restored",
  "artifacts.accept": "Accepted the size of a backup",
  "artifacts.testRestore": "Tested the restore of a backup",
  "installation.takeOver": "Took over as the installation:",
  "installation.stayApart": "Made an installation of its own:",
  "settings.email.test": "Tested mail server of",
  "settings.notifications.test": "Tested event",
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

function splitWords(name: string): string {
  return name
    .replaceAll(/([A-Z])/g, " $1")
    .replaceAll(/[-_]/g, " ")
    .toLowerCase()
    .trim();
}
