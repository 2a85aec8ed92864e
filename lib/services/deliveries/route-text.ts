import type { Route } from "@/lib/core/delivery";
import type { Condition } from "@/lib/core/job";

/** Names of the conditions, as they stand on the job's Notifications tab. */
const CONDITION_NAMES: Record<Condition, string> = {
  always: "Always",
  success: "On Success",
  failure: "On Failure",
  custom: "Custom",
};

const WORDS: Record<Route, string> = {
  rule: "because of a row of the job",
  override: "because it is one of the event's own channels",
  global: "because it is a global channel",
  subscription: "because the channel subscribed to this event",
  caller: "because the caller named this channel",
  user: "because the user is told directly",
  fallback: "because it is a global channel, and no row of the job takes this",
  test: "because somebody pressed Test",
};

/** Why a delivery went where it went. @param condition of the row that led there, while that row exists */
export function routeText(route: Route, condition: Condition | null): string {
  return route === "rule" && condition ? `because of the job's row “${CONDITION_NAMES[condition]}”` : WORDS[route];
}
