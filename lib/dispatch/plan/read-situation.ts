import { readLabels } from "@/db/stores/labels";
import { deliveriesOfAlerts, lastBackupsOfJobs, readOpenAlerts, rulesOfJobs } from "@/db/stores/situation";
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
  const jobIds = [...new Set(asked.flatMap(({ jobId }) => jobId ?? []))];
  const rules = yield* rulesOfJobs(tx, jobIds, routing.usesProfiles);
  const waiting = rules.flatMap(({ jobId, rule }) => (rule.afterHours ? [jobId] : []));
  const lastBackups = yield* lastBackupsOfJobs(tx, [...new Set(waiting)]);
  const labels = routing.usesLabels ? yield* labelsOfEvents(tx, happenings) : null;
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
      lastBackup: lastBackups.get(jobId ?? ""),
      labels: labels?.(draft) ?? [],
    };
  });
}

/** Reads the labels of the channels, jobs and clients of events. @returns what finds those of one */
export function* labelsOfEvents(
  tx: Tx,
  happenings: readonly { draft: Pick<EventDraft, "subject" | "data"> }[],
): Steps<(draft: Pick<EventDraft, "subject" | "data">) => string[]> {
  const channelOf = ({ subject }: Pick<EventDraft, "subject">) => (subject.kind === "channel" ? subject.id : undefined);
  const jobOf = ({ data }: Pick<EventDraft, "data">) => data.job?.id;
  const clientOf = ({ data }: Pick<EventDraft, "data">) => data.client?.id;
  const ids = (of: typeof channelOf | typeof jobOf) => [...new Set(happenings.flatMap(({ draft }) => of(draft) ?? []))];
  const ofJobs = yield* readLabels(tx, "job", ids(jobOf));
  const ofChannels = yield* readLabels(tx, "channel", ids(channelOf));
  const ofClients = yield* readLabels(tx, "client", ids(clientOf));
  return (draft) => [
    ...(ofJobs.get(jobOf(draft) ?? "") ?? []),
    ...(ofChannels.get(channelOf(draft) ?? "") ?? []),
    ...(ofClients.get(clientOf(draft) ?? "") ?? []),
  ];
}
