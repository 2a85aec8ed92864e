import { alertById, hasRunEnded } from "@/db/queries/dispatch";
import type { ClaimedDelivery, ClaimedEvent } from "@/db/stores/outbox";
import { SUBJECT_ENDS } from "@/lib/core/alert";
import type { ReasonCode } from "@/lib/core/delivery-reason";
import { jobOutcomeOf } from "@/lib/events/catalog";
import type { BrokenChannel, LoadedChannel } from "./loaded-channel";

/**
 * Asked right before an attempt: is this delivery still wanted, given its channel, its run and its alert?
 * @returns why it is canceled; null when it is to be sent
 */
export async function cancellationReason(
  { kind, alertId, attemptCount }: ClaimedDelivery,
  event: ClaimedEvent | undefined,
  channel: LoadedChannel | BrokenChannel | null,
): Promise<ReasonCode | null> {
  if (!channel) return "channel_removed";
  if (!event) return "event_missing";
  if (!channel.enabled) return "channel_disabled";
  // A start that arrives after its run has ended would be read as a run that never ends.
  const isMonitor = !("broken" in channel) && channel.provider.purpose === "monitor";
  const isStart = isMonitor && jobOutcomeOf(event.type) === "start";
  if (isStart && event.runId && (await hasRunEnded(event.runId))) return "run_ended";
  // A first attempt follows right after the problem, and everything that can wait longer is canceled where it waits.
  const mayBeStale = kind === "reminder" || (kind === "initial" && attemptCount > 0);
  if (!mayBeStale || alertId === null) return null;
  const alert = await alertById(alertId);
  // The delivery was in flight when its subject was removed or disabled.
  const end = SUBJECT_ENDS.find((one) => one === alert?.resolution);
  if (end) return end;
  if (kind !== "reminder" || alert?.status === "firing") return null;
  return alert?.status === "acknowledged" ? "alert_acknowledged" : "alert_resolved";
}
