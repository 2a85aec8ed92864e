import type { EventDraft } from "@/lib/core/event";
import { newId } from "@/lib/core/id";
import type { JobNotificationRule, RoutingSnapshot } from "@/lib/core/routing";
import { makePlan } from "@/lib/policy/pipeline";
import type { Plan } from "@/lib/policy/plan";

/** What the policy would make of an event that happened now, with no problem open: for previews, Tests and emergencies. */
export function hypotheticalPlan(
  draft: EventDraft,
  routing: RoutingSnapshot,
  rules: readonly JobNotificationRule[] = [],
  labels: readonly string[] = [],
): Plan {
  const now = Date.now();
  const at = draft.at ?? now;
  return makePlan({ draft, at, now, newId, routing, rules, openAlerts: [], alertDeliveries: [], labels });
}
