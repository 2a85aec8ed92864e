import { type ChannelState, writeChannelState } from "@/db/stores/channel-queue";
import { switchOff } from "@/db/stores/channels";
import type { Tx } from "@/db/transact";
import { emit } from "./emit";

/** A channel went from healthy to failing: the others are notified, once. The state is written with the event. */
export async function raiseFailing(
  channel: { id: string; name: string; providerName: string },
  state: ChannelState,
  error: string,
  advice: string | null,
): Promise<void> {
  await emit(
    {
      type: "channel.failing",
      subject: { kind: "channel", id: channel.id, name: channel.name },
      data: { channel, error, ...(advice ? { advice } : {}) },
    },
    queueChange(channel.id, state),
  );
}

/** The service says that the target is permanently gone: the channel is disabled in the transaction of the event that reports it. */
export async function raiseGone(
  channel: { id: string; name: string; providerName: string },
  state: ChannelState,
  error: string,
  advice: string | null,
): Promise<void> {
  const words = "Belfry switched the channel off. Give it a new target and switch it on again.";
  await emit(
    {
      type: "channel.failing",
      subject: { kind: "channel", id: channel.id, name: channel.name },
      data: { channel, error, advice: advice ? `${words} ${advice}` : words },
    },
    {
      *apply(tx: Tx) {
        yield* writeChannelState(tx, channel.id, state, true);
        // Already disabled: reported before.
        return yield* switchOff(
          tx,
          channel.id,
          "The channel was switched off: its service says that the target is gone.",
        );
      },
    },
  );
}

/** A good delivery after a failing spell. */
export async function raiseWorking(channelId: string, name: string, state: ChannelState): Promise<void> {
  await emit(
    { type: "channel.failing", subject: { kind: "channel", id: channelId, name }, data: {}, status: "resolved" },
    queueChange(channelId, state),
  );
}

function queueChange(channelId: string, state: ChannelState) {
  return {
    *apply(tx: Tx) {
      yield* writeChannelState(tx, channelId, state, true);
      return true;
    },
  };
}
