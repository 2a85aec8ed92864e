import { messageOf } from "@/lib/core/errors";
import type { EventDraft } from "@/lib/core/event";
import type { EventPlan } from "@/lib/core/routing";
import { eventType } from "@/lib/events/catalog";

/** What is written when deciding failed: the event stands without deliveries, and says why. */
export function planWithoutRouting(draft: EventDraft, at: number, error: unknown): EventPlan {
  const type = eventType(draft.type);
  const tone = draft.custom?.tone ?? type.tone;
  const severity = draft.custom?.severity ?? type.severity;
  return {
    notification: {
      type: type.type,
      typeName: type.name,
      tone,
      severity,
      title: `${type.name}: ${draft.subject.name}`,
      message: `Belfry could not decide who is notified: ${messageOf(error)}`,
      fields: [],
      at,
    },
    tone,
    severity,
    dedupKey: null,
    alertId: null,
    alerts: [],
    deliveries: [],
    amendments: [],
    folds: [],
    cancels: [],
    suppressed: [],
  };
}
