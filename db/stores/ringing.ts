import { and, eq, gt, inArray, isNotNull } from "drizzle-orm";
import { type Steps, step, type Tx } from "../transact";
import type { ChannelRow } from "./channels";
import { putState, readState } from "./system-state";

/** No service rings for longer: Pushover's `expire` is three hours at most. */
export const LONGEST_RINGING_MS = 10_800_000;

/** Key in `system_state`, and the lock around its changes. */
const RINGING_STATE = "ringing-left";
export const RINGING_LOCK = `state:${RINGING_STATE}`;

/** What a channel that is disabled or removed left ringing, with all that is needed to stop it. */
export interface RingingLeft extends Pick<ChannelRow, "id" | "name" | "provider" | "config" | "secrets"> {
  /** Alerts, or events without one, with the target that rings. */
  threads: { threadId: string; recipient: string }[];
  /** When it has ended by itself, milliseconds. */
  until: number;
}

/** Deliveries that may ring at this moment, on channels whose messages can. */
export function ringing(tx: Tx, now: number) {
  const { deliveries: d } = tx.t;
  return and(
    isNotNull(d.receipt),
    inArray(d.kind, ["initial", "reminder", "digest"]),
    eq(d.status, "sent"),
    gt(d.settledAt, now - LONGEST_RINGING_MS),
  );
}

/**
 * Notes what a channel rings, in the transaction that disables or removes it: later nothing may be sent through it.
 * @param row of a service whose messages can ring
 */
export function* noteRinging(tx: Tx, row: ChannelRow, now: number): Steps<void> {
  const { deliveries: d } = tx.t;
  const rows = yield* step(
    tx.orm
      .select({ alertId: d.alertId, eventId: d.eventId, recipient: d.recipient })
      .from(d)
      .where(and(eq(d.channelId, row.id), ringing(tx, now))),
  );
  if (rows.length === 0) return;
  const threads = new Map(
    rows.map(({ alertId, eventId, recipient }) => {
      const threadId = alertId ?? eventId;
      return [`${threadId}\n${recipient}`, { threadId, recipient }];
    }),
  );
  const { id, name, provider, config, secrets } = row;
  const left = { id, name, provider, config, secrets, threads: [...threads.values()], until: now + LONGEST_RINGING_MS };
  yield* putState(tx, RINGING_STATE, [...(yield* readRingingLeft(tx)), left]);
}

export function* readRingingLeft(tx: Tx): Steps<RingingLeft[]> {
  return (yield* readState<RingingLeft[]>(tx, RINGING_STATE)) ?? [];
}

/** Keeps what `isOver` does not say, as the list is by now. */
export function* forgetRinging(
  tx: Tx,
  isOver: (left: RingingLeft, thread: RingingLeft["threads"][number]) => boolean,
): Steps<void> {
  const kept = (yield* readRingingLeft(tx))
    .map((left) => ({ ...left, threads: left.threads.filter((thread) => !isOver(left, thread)) }))
    .filter(({ threads }) => threads.length > 0);
  yield* putState(tx, RINGING_STATE, kept);
}
