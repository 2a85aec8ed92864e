import type { Route } from "@/lib/core/delivery";
import type { Condition } from "@/lib/core/job";

/** Names of the conditions on the job's Notifications tab. */
const CONDITION_NAMES: Record<Condition, string> = {
  always: "Always",
  success: "On Success",
  failure: "On Failure",
  custom: "Custom",
};

const ROUTE_TEXTS: Record<Route, string> = {
  rule: "because of a rule of the job",
  override: "because it is one of the event's own channels",
  global: "because it is a global channel",
  subscription: "because the channel subscribed to this event",
  caller: "because the caller named this channel",
  user: "because the user is notified directly",
  fallback: "because it is a global channel, and no rule of the job takes this",
  test: "because of a Test",
};

/** Why a delivery was sent through its channel. @param condition of the rule that led there, while that rule exists */
export function routeText(route: Route, condition: Condition | null): string {
  return route === "rule" && condition
    ? `because of the job's rule “${CONDITION_NAMES[condition]}”`
    : ROUTE_TEXTS[route];
}
