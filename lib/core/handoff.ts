import { peekSingleton, setSingleton } from "./singletons";

/**
 * Lets a fresh delivery go straight into the hands of the worker that will send it, in the transaction that records it:
 * it is written as `sending`, and needs no claim of its own. Only offered while nothing older waits on the channel.
 */
export interface Handoff<D> {
  /** Keeps a place on the channel's queue. False: write it as `pending`, the queue will claim it in its turn. */
  reserve(channelId: string): boolean;
  /** After the commit: one delivery for each place that was kept. */
  push(channelId: string, delivery: D): void;
  /** The transaction failed: the places are free again. */
  release(channelId: string, count: number): void;
}

const NAME = "dispatch.handoff";

export function setHandoff<D>(handoff: Handoff<D> | null): void {
  setSingleton<Handoff<D> | null>(NAME, handoff);
}

export function handoffOf<D>(): Handoff<D> | null {
  return peekSingleton<Handoff<D> | null>(NAME) ?? null;
}
