/**
 * The lines of borgmatic's configuration by which it reports a job.
 * @param ping the whole address for Healthchecks
 * @param syntax `sections` of borgmatic before 1.8, `flat` of newer ones
 */
export function borgmaticLines(ping: string, syntax: "sections" | "flat"): string {
  if (syntax === "flat") return `healthchecks:\n    ping_url: ${ping}\n    send_logs: true`;
  return `hooks:\n    healthchecks:\n        ping_url: ${ping}`;
}
