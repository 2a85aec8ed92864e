import type { Tone } from "./tone";

/** How bad an event is, from least to worst. It comes from the catalogue, never from a default argument. */
export const SEVERITIES = ["info", "warning", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** The severity that a caller's own notification has when it names only a tone. */
export const SEVERITY_OF_TONE: Record<Tone, Severity> = {
  success: "info",
  info: "info",
  system: "info",
  warning: "warning",
  failure: "critical",
};

/** Orders by how bad: positive when `a` is worse than `b`. */
export function compareSeverity(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
}
