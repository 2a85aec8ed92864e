import type { DeliveryRule } from "@/db/queries/deliveries";
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
  matcher: "because of a route",
  escalation: "because nobody acknowledged the alert",
  system_mail: "because administrators get a mail about this event",
  nobody: "because no channel had taken the alert in time",
  report: "because reports are set to go there",
  test: "because of a Test",
};

/** Why a delivery was sent through its channel. @param rule that led there, while it exists */
export function routeText(route: Route, rule: DeliveryRule | null): string {
  if (route !== "rule" || !rule) return ROUTE_TEXTS[route];
  const name = `rule “${CONDITION_NAMES[rule.condition]}”`;
  return rule.profile ? `because of the ${name} of the profile “${rule.profile.name}”` : `because of the job's ${name}`;
}
