import { alertById, endsBehind, hasRunEnded, wasOnlyDropped } from "@/db/queries/dispatch";
import type { ClaimedDelivery, ClaimedEvent } from "@/db/stores/outbox";
import { SUBJECT_ENDS } from "@/lib/core/alert";
import type { ReasonCode } from "@/lib/core/delivery-reason";
import { jobOutcomeOf } from "@/lib/events/catalog";
import type { BrokenChannel, LoadedChannel } from "./loaded-channel";
import { recipientRefusal } from "./recipient-refusal";

/**
 * Asked right before an attempt: is this delivery still wanted, given its channel, its recipient, its run and its alert?
 * @param now milliseconds
 * @returns why it is canceled, or held by a snooze; null when it is to be sent
 */
export async function cancellationReason(
  delivery: ClaimedDelivery,
  event: ClaimedEvent | undefined,
  channel: LoadedChannel | BrokenChannel | null,
  now: number,
): Promise<ReasonCode | null> {
  const { kind, alertId, attemptCount } = delivery;
  if (!channel) return "channel_removed";
  if (!event) return "event_missing";
  if (!channel.enabled) return "channel_disabled";
  const refusal = await recipientRefusal(delivery, event);
  if (refusal) return refusal;
  // A start that arrives after its run has ended would be read as a run that never ends.
  const isMonitor = !("broken" in channel) && channel.provider.purpose === "monitor";
  const isStart = isMonitor && jobOutcomeOf(event.type) === "start";
  if (isStart && event.runId && (await hasRunEnded(event.runId))) return "run_ended";
  // A silence may have dropped the problem after its end was planned.
  if (kind === "recovery" && (await wasOnlyDropped(delivery))) return "silence_dropped";
  // A first attempt follows right after the problem, and everything that can wait longer is canceled where it waits.
  const isRepeated = kind === "reminder" || kind === "escalation";
  const mayBeStale = isRepeated || (kind === "initial" && attemptCount > 0);
  if (!mayBeStale || alertId === null) return null;
  const alert = await alertById(alertId);
  // The delivery was in flight when its subject was removed or disabled.
  const end = SUBJECT_ENDS.find((one) => one === alert?.resolution);
  if (end) return end;
  // It was in flight when its problem ended, so the message that says so could not carry it.
  if (!isRepeated) return alert?.status === "resolved" && (await endsBehind(delivery)) ? "recovered_before_sent" : null;
  if (alert?.status === "firing") return (alert.snoozedUntil ?? 0) > now ? "snoozed" : null;
  return alert?.status === "acknowledged" ? "alert_acknowledged" : "alert_resolved";
}
