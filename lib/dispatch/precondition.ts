import { alertById, hasRunEnded } from "@/db/queries/dispatch";
import type { ClaimedDelivery, ClaimedEvent } from "@/db/stores/outbox";
import { SUBJECT_ENDS } from "@/lib/core/alert";
import type { BrokenChannel, LoadedChannel } from "./loaded-channel";

export const CHANNEL_OFF = "The channel is switched off.";

/**
 * Asked right before an attempt: is this delivery still wanted, as its problem stands now?
 * @returns why not, in words; null when it is
 */
export async function cancellationReason(
  { kind, alertId, attemptCount }: ClaimedDelivery,
  event: ClaimedEvent,
  channel: LoadedChannel | BrokenChannel,
): Promise<string | null> {
  // A start that arrives after its run has ended would be read as a run that never ends.
  const isStart = event.type === "backup.started" && !("broken" in channel) && channel.provider.purpose === "monitor";
  if (isStart && event.runId && (await hasRunEnded(event.runId))) return "Its run has ended; the end is told instead.";
  // A first attempt comes right after the problem, and everything that can wait longer is canceled where it waits.
  const canBeStale = kind === "reminder" || (kind === "initial" && attemptCount > 0);
  if (!canBeStale || alertId === null) return null;
  const alert = await alertById(alertId);
  // It was under way when its subject went.
  if (SUBJECT_ENDS.some((end) => end === alert?.resolution))
    return `Canceled: ${alert?.resolution?.replace("_", " ")}.`;
  if (kind !== "reminder" || alert?.status === "firing") return null;
  return alert?.status === "acknowledged" ? "The problem was acknowledged." : "The problem is over.";
}
