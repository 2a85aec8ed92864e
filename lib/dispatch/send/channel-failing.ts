import { type ChannelState, writeChannelState } from "@/db/stores/channel-queue";
import { disableGoneChannel } from "@/db/stores/channels";
import type { Tx } from "@/db/transact";
import { channelFailing } from "@/lib/events/channel-failing";
import { emit } from "../emit";

interface FailingChannel {
  id: string;
  name: string;
  providerName: string;
}

/** A channel went from healthy to failing: the other channels are notified, once. Its state is written with the event. */
export async function raiseFailing(
  channel: FailingChannel,
  state: ChannelState,
  error: string,
  advice: string | null,
): Promise<void> {
  await emit(
    channelFailing.draft({
      subject: { kind: "channel", id: channel.id, name: channel.name },
      data: { channel, error, ...(advice ? { advice } : {}) },
    }),
    stateChange(channel.id, state),
  );
}

/** The service says that the target does not exist any more: the channel is disabled in the transaction of the event. */
export async function raiseGone(
  channel: FailingChannel,
  state: ChannelState,
  error: string,
  advice: string | null,
): Promise<void> {
  const disabled = "Belfry disabled the channel. Give it a new target and enable it again.";
  await emit(
    channelFailing.draft({
      subject: { kind: "channel", id: channel.id, name: channel.name },
      data: { channel, error, advice: advice ? `${disabled} ${advice}` : disabled },
    }),
    {
      *apply(tx: Tx) {
        yield* writeChannelState(tx, channel.id, state, true);
        // False when it is disabled already: it was reported then.
        return yield* disableGoneChannel(tx, channel.id);
      },
    },
  );
}

/** A channel that was failing delivered again. */
export async function raiseWorking(channelId: string, name: string, state: ChannelState): Promise<void> {
  await emit(
    channelFailing.draft({ subject: { kind: "channel", id: channelId, name }, data: {}, status: "resolved" }),
    stateChange(channelId, state),
  );
}

function stateChange(channelId: string, state: ChannelState) {
  return {
    *apply(tx: Tx) {
      yield* writeChannelState(tx, channelId, state, true);
      return true;
    },
  };
}
