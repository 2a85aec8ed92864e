import type { ClaimedEvent } from "@/db/stores/outbox";
import type { EventDraft } from "@/lib/core/event";
import type { EventPlan } from "@/lib/core/routing";
import { sharedState } from "@/lib/core/runtime";

/** Events that were just recorded here: a worker of the same process need not read them again. */
const recent = sharedState("dispatch.recent-events", () => new Map<string, ClaimedEvent>());
const LIMIT = 2_000;

export function rememberEvent(id: string, draft: EventDraft, plan: EventPlan): void {
  if (plan.deliveries.length === 0) return;
  recent.set(id, {
    id,
    type: draft.type,
    at: plan.notification.at,
    subject: draft.subject,
    runId: draft.data.run?.id ?? null,
    data: draft.data,
    notification: plan.notification,
  });
  if (recent.size > LIMIT) recent.delete(recent.keys().next().value as string);
}

export function recallEvent(id: string): ClaimedEvent | undefined {
  return recent.get(id);
}
