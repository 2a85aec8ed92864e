import { deliveriesOfAlerts, readOpenAlerts, rulesOfJobs } from "@/db/stores/situation";
import type { Steps, Tx } from "@/db/transact";
import type { EventDraft } from "@/lib/core/event";
import { newId } from "@/lib/core/id";
import type { RoutingSnapshot } from "@/lib/core/routing";
import { eventType } from "@/lib/events/catalog";
import type { Situation } from "@/lib/policy/plan";
import { dedupKeys } from "@/lib/policy/stages/correlate";

/** An event and its times, milliseconds: when it happened, and now. */
export interface Happening {
  draft: EventDraft;
  at: number;
  now: number;
}

/**
 * Reads what the policy decides by: the alerts of each event's keys, what was sent about them, the job's rules.
 * @param happenings share no dedup key: what one does changes nothing for another
 * @returns a situation for each, in the same order
 */
export function* readSituations(
  tx: Tx,
  happenings: readonly Happening[],
  routing: RoutingSnapshot,
): Steps<Situation[]> {
  const asked = happenings.map((happening) => {
    const type = eventType(happening.draft.type);
    const jobId = type.audience === "job" ? happening.draft.data.job?.id : undefined;
    return { ...happening, keys: new Set(dedupKeys(happening.draft, type)), jobId };
  });
  const alerts = yield* readOpenAlerts(
    tx,
    asked.flatMap(({ keys }) => [...keys]),
  );
  const deliveries = yield* deliveriesOfAlerts(
    tx,
    alerts.map(({ id }) => id),
  );
  const rules = yield* rulesOfJobs(tx, [...new Set(asked.flatMap(({ jobId }) => jobId ?? []))]);
  return asked.map(({ draft, at, now, keys, jobId }) => {
    const openAlerts = alerts.filter(({ dedupKey }) => keys.has(dedupKey));
    const ids = new Set(openAlerts.map(({ id }) => id));
    return {
      draft,
      at,
      now,
      newId,
      routing,
      rules: rules.flatMap((one) => (one.jobId === jobId ? [one.rule] : [])),
      openAlerts,
      alertDeliveries: deliveries.filter(({ alertId }) => ids.has(alertId)),
    };
  });
}
