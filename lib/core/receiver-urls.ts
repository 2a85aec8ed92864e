/** The secrets by which programs name an external job. */
export interface ReceiverSecrets {
  /** In every address under `/in/`. */
  token: string;
  /** For programs that speak to Healthchecks and expect its form. */
  uuid: string;
}

/** What a program is set to, by the service that it believes to speak to. */
const PATHS = {
  watchgoose: "watchgoose",
  cronitor: "cronitor",
  // Its client replaces the word between the slashes, which has to be there once.
  cronhub: "cronhub/start/x",
  uptimeKuma: "kuma",
  ntfy: "ntfy",
  gotify: "gotify",
  apprise: "apprise",
  json: "json",
  form: "form",
  xml: "xml",
  loki: "loki",
  zabbix: "zabbix",
  pagerduty: "pagerduty",
  alertmanager: "alertmanager",
  slack: "slack",
  discord: "discord",
  duplicati: "duplicati",
  proxmox: "proxmox",
  webhook: "webhook",
  mail: "mail",
} as const;

export type ReceiverUrlName = "plain" | "healthchecks" | "sentry" | keyof typeof PATHS;

/**
 * The addresses at which an external job takes reports.
 * @param base the address of Belfry, `https://belfry.example`; empty: none is known, and the addresses are paths
 */
export function receiverUrls(base: string, { token, uuid }: ReceiverSecrets): Record<ReceiverUrlName, string> {
  const root = base.endsWith("/") ? base.slice(0, -1) : base;
  const own = `${root}/in/${token}`;
  const paths = Object.entries(PATHS).map(([name, path]) => [name, `${own}/${path}`]);
  return {
    plain: own,
    healthchecks: `${root}/ping/${uuid}`,
    // A DSN: its client makes the address of it.
    sentry: root === "" ? `/in/1` : root.replace("://", `://${token}@`).concat("/in/1"),
    ...(Object.fromEntries(paths) as Record<keyof typeof PATHS, string>),
  };
}
