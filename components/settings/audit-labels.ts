/** Names of what the audit log tells of, as the filter offers them. */
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
};

const WORDS: Record<string, string> = {
  "setup.create": "Set up Belfry as",
  "session.signIn": "Signed in as",
  "users.create": "Created user",
  "users.update": "Changed user",
  "users.delete": "Deleted user",
  "users.disable": "Disabled user",
  "users.enable": "Enabled user",
  "users.unlock": "Lifted the block of",
  "users.invite": "Invited",
  "invitations.accept": "Accepted the invitation of",
  "profile.update": "Changed the own profile,",
  "profile.password": "Changed the own password,",
  "apiKeys.create": "Created API key",
  "apiKeys.revoke": "Revoked API key",
  "channels.test": "Tested channel",
  "channels.testDraft": "Tested an unsaved channel",
  "deliveries.resend": "Sent again:",
  "deliveries.cancel": "Canceled:",
  "alerts.resolve": "Resolved:",
  "jobs.run": "Started job",
  "runs.cancel": "Canceled the run of",
  "artifacts.restore": "Restored",
  "settings.email.test": "Tested the mail server of",
  "settings.notifications.test": "Tested the event",
};

const ACTS: Record<string, string> = {
  create: "Created",
  update: "Changed",
  delete: "Deleted",
  test: "Tested",
  run: "Started",
  restore: "Restored",
};

/** What a verb did, in words: `Created channel`. A verb without words of its own is put together from its parts. */
export function verbText(verb: string): string {
  const known = WORDS[verb];
  if (known) return known;
  const parts = verb.split(".");
  const act = parts.length > 1 ? (parts.pop() ?? "") : "";
  const thing = spaced(parts[0] ?? verb);
  // `settings.email.update`: the part in the middle is what the row names.
  if (parts.length > 1 && ACTS[act]) return `${ACTS[act]} ${thing}:`;
  return [ACTS[act] ?? spaced(act), thing.replace(/s$/, "")].join(" ").trim();
}

function spaced(name: string): string {
  return name
    .replaceAll(/([A-Z])/g, " $1")
    .replaceAll(/[-_]/g, " ")
    .toLowerCase()
    .trim();
}
