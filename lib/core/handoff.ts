import { peekRuntimeValue, setRuntimeValue } from "./runtime";

/**
 * Passes a new delivery straight to the worker that sends it, in the transaction that records it: it is written as `sending`
 * and needs no claim. Offered only while nothing older waits on the channel.
 */
export interface Handoff<D> {
  /** Reserves a slot on the queue of the channel. Null: write the delivery as `pending`; the queue claims it in its turn. */
  reserve(channelId: string): HandoffSlot<D> | null;
}

/** Used once, by exactly one of the two. */
export interface HandoffSlot<D> {
  /** The token of the queue: the delivery is written with it. */
  readonly token: number;
  /** After the commit. */
  push(delivery: D): void;
  /** The delivery is not written: frees the slot. */
  release(): void;
}

declare module "./runtime" {
  interface RuntimeValues {
    handoff: Handoff<unknown>;
  }
}

/** @param handoff `null` when the worker stops */
export function setHandoff<D>(handoff: Handoff<D> | null): void {
  setRuntimeValue("handoff", handoff ?? undefined);
}

/** `null` on a process without a worker. */
export function handoffOf<D>(): Handoff<D> | null {
  return peekRuntimeValue("handoff") ?? null;
}
