import { type ChannelState, type QueueLease, writeChannelState } from "@/db/stores/channel-queue";
import { disableGoneChannel } from "@/db/stores/channels";
import { readOpenAlerts } from "@/db/stores/situation";
import type { Tx } from "@/db/transact";
import type { EventDraft, Subject } from "@/lib/core/event";
import type { RefusedRecipient } from "@/lib/core/refused-recipient";
import { channelFailing, shownRecipient } from "@/lib/events/channel-failing";
import { emit } from "../emit";

interface FailingChannel {
  lease: QueueLease;
  name: string;
  providerName: string;
}

interface RefusingChannel {
  id: string;
  name: string;
  providerName: string;
}

/** A channel went from healthy to failing: the other channels are notified, once. Its state is written with the event. */
export async function raiseFailing(
  { lease, ...names }: FailingChannel,
  state: ChannelState,
  error: string,
  advice: string | null,
): Promise<void> {
  const id = lease.channelId;
  await emit(
    channelFailing.draft({
      subject: { kind: "channel", id, name: names.name },
      data: { channel: { id, ...names }, error, ...(advice ? { advice } : {}) },
    }),
    stateChange(lease, state),
  );
}

/** The service says that the target does not exist any more: the channel is disabled in the transaction of the event. */
export async function raiseGone(
  { lease, ...names }: FailingChannel,
  state: ChannelState,
  error: string,
  advice: string | null,
): Promise<void> {
  const id = lease.channelId;
  const disabled = "Belfry disabled the channel. Give it a new target and enable it again.";
  await emit(
    channelFailing.draft({
      subject: { kind: "channel", id, name: names.name },
      data: { channel: { id, ...names }, error, advice: advice ? `${disabled} ${advice}` : disabled },
    }),
    {
      *apply(tx: Tx) {
        if (!(yield* writeChannelState(tx, lease, state, true))) return false;
        // False when it is disabled already: it was reported then.
        return yield* disableGoneChannel(tx, id);
      },
    },
  );
}

/** A channel that was failing delivered again. */
export async function raiseWorking(lease: QueueLease, name: string, state: ChannelState): Promise<void> {
  await emit(
    channelFailing.draft({ subject: { kind: "channel", id: lease.channelId, name }, data: {}, status: "resolved" }),
    stateChange(lease, state),
  );
}

/** The service refuses one recipient and takes the others: reported while no alert about it is open. */
export async function raiseRefused(
  channel: RefusingChannel,
  { recipient, reason }: RefusedRecipient,
  advice: string | null,
): Promise<void> {
  const draft = channelFailing.draft({
    subject: subjectOf(channel, recipient),
    data: { channel, recipient, error: reason, ...(advice ? { advice } : {}) },
  });
  await emit(draft, alertChange(draft, false));
}

/** A recipient that was refused is accepted again. */
export async function raiseAccepted(channel: RefusingChannel, recipient: string): Promise<void> {
  const draft = channelFailing.draft({
    subject: subjectOf(channel, recipient),
    data: { channel, recipient },
    status: "resolved",
  });
  await emit(draft, alertChange(draft, true));
}

/** The channel, by a name that says which of its recipients is meant: recoveries have that name as their title. */
function subjectOf({ id, name }: RefusingChannel, recipient: string): Subject {
  return { kind: "channel", id, name: `${name} (${shownRecipient(recipient)})` };
}

/** Applies only while the alert of the event is open, or only while it is not. */
function alertChange(draft: EventDraft, wantsOpen: boolean) {
  return {
    *apply(tx: Tx) {
      const open = yield* readOpenAlerts(tx, [channelFailing.dedupKey(draft) ?? ""]);
      return open.length > 0 === wantsOpen;
    },
  };
}

/** Does not apply when another process owns the channel's queue by now: that one reports what it sees. */
function stateChange(lease: QueueLease, state: ChannelState) {
  return { apply: (tx: Tx) => writeChannelState(tx, lease, state, true) };
}
