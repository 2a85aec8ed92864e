import { peekRuntimeValue, setRuntimeValue } from "./runtime";

/**
 * Passes a new delivery straight to the worker that sends it, in the transaction that records it: it is written as `sending`
 * and needs no claim. Offered only while nothing older waits on the channel.
 */
export interface Handoff<D> {
  /** Reserves a slot on the queue of the channel. False: write the delivery as `pending`; the queue claims it in its turn. */
  reserve(channelId: string): boolean;
  /** After the commit: one delivery for each reserved slot. */
  push(channelId: string, delivery: D): void;
  /** The transaction failed: frees the slots. */
  release(channelId: string, count: number): void;
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
