import { deliveriesOfAlerts, readOpenAlerts, rulesOfJob } from "@/db/stores/situation";
import type { Steps, Tx } from "@/db/transact";
import type { EventDraft } from "@/lib/core/event";
import { newId } from "@/lib/core/id";
import type { RoutingSnapshot } from "@/lib/core/routing";
import { eventType } from "@/lib/events/catalog";
import type { Situation } from "@/lib/policy/plan";
import { dedupKeys } from "@/lib/policy/stages/correlate";

/** Reads what the policy decides by: the alerts of the event's keys, what was sent about them, the job's rules. */
export function* readSituation(
  tx: Tx,
  draft: EventDraft,
  { at, now }: { at: number; now: number },
  routing: RoutingSnapshot,
): Steps<Situation> {
  const type = eventType(draft.type);
  const alerts = yield* readOpenAlerts(tx, dedupKeys(draft, type));
  const alertDeliveries = yield* deliveriesOfAlerts(
    tx,
    alerts.map(({ id }) => id),
  );
  const jobId = type.audience === "job" ? draft.data.job?.id : undefined;
  const rules = jobId ? yield* rulesOfJob(tx, jobId) : [];
  return { draft, at, now, newId, routing, rules, openAlerts: alerts, alertDeliveries };
}
