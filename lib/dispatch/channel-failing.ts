import { type LaneState, writeLaneState } from "@/db/stores/lanes";
import type { Tx } from "@/db/transact";
import { emit } from "./emit";

/** A channel went from healthy to failing: the others are told, once. The state is written with the event. */
export async function raiseFailing(
  channel: { id: string; name: string; providerName: string },
  state: LaneState,
  error: string,
  advice: string | null,
): Promise<void> {
  await emit(
    {
      type: "channel.failing",
      subject: { kind: "channel", id: channel.id, name: channel.name },
      data: { channel, error, ...(advice ? { advice } : {}) },
    },
    laneChange(channel.id, state),
  );
}

/** A good delivery after a failing spell. */
export async function raiseWorking(channelId: string, name: string, state: LaneState): Promise<void> {
  await emit(
    { type: "channel.failing", subject: { kind: "channel", id: channelId, name }, data: {}, status: "resolved" },
    laneChange(channelId, state),
  );
}

function laneChange(channelId: string, state: LaneState) {
  return {
    *apply(tx: Tx) {
      yield* writeLaneState(tx, channelId, state, true);
      return true;
    },
  };
}
