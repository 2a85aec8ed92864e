import { and, eq } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import type { Tables } from "../client";
import { isUniqueViolation } from "../faults";
import { type Steps, step, type Tx, transact } from "../transact";
import { closeAlertsOf } from "./alerts";
import { type AuditInsert, writeAudit } from "./audit";
import { cancelUnsent, holdForMute, releaseMute, resumeOpenProblems } from "./channel-deliveries";
import { resetChannelState } from "./channel-queue";
import { NOTIFICATION_SETTINGS } from "./routing";
import { bumpRouting, readSetting } from "./settings";

export type ChannelRow = Tables["channels"]["$inferSelect"];
export type ChannelChanges = Partial<Omit<ChannelRow, "id" | "provider" | "createdAt" | "updatedAt">>;

/** Whoever changes which channels the settings name, or takes a channel away, holds this. */
const NAMED_CHANNELS = `setting:${NOTIFICATION_SETTINGS}`;

/** @throws AppError `conflict` when the name is taken */
export function insertChannel(row: ChannelRow, audit: AuditInsert): Promise<void> {
  return transact([], function* (tx) {
    yield* step(tx.orm.insert(tx.t.channels).values(row));
    yield* written(tx, row.id, audit);
  }).catch(nameTakenOr);
}

/**
 * Changes a channel by what stands there now, so that two who change different parts lose nothing.
 * Switching it off closes its alerts and cancels what it has not sent; switching it on takes up what of that is still open.
 * @param change pure; what it throws leaves everything as it was
 * @throws AppError `not_found`; `conflict` when the name is taken
 */
export function changeChannel(
  id: string,
  change: (row: ChannelRow) => { changes: ChannelChanges; audit: AuditInsert },
): Promise<ChannelRow> {
  return transact([`channel:${id}`], function* (tx) {
    const row = yield* readChannel(tx, id);
    const { changes, audit } = change(row);
    const [changed] = yield* step(
      tx.orm
        .update(tx.t.channels)
        .set({ ...changes, updatedAt: audit.at })
        .where(eq(tx.t.channels.id, id))
        .returning(),
    );
    if (row.enabled && changes.enabled === false) {
      yield* closeAlertsOf(tx, "channel", id, "subject_disabled");
      yield* cancelUnsent(tx, id, "channel_disabled", audit.at);
    }
    if (!row.enabled && changes.enabled === true) yield* resumeOpenProblems(tx, id, audit.at);
    if (changes.mutedUntil !== undefined && changes.mutedUntil !== row.mutedUntil) {
      // A mute that became shorter holds for its new time: what it held is released, then held anew.
      yield* releaseMute(tx, id, audit.at);
      if (changes.mutedUntil !== null) yield* holdForMute(tx, id, changes.mutedUntil);
    }
    yield* resetChannelState(tx, id, changes.enabled === false);
    yield* written(tx, id, audit);
    return changed ?? row;
  }).catch(nameTakenOr);
}

/**
 * Switches a channel off because its target is gone; what it has not sent is canceled. Its alert stays open: that is
 * how people learn of it.
 * @returns false when it was off already
 */
export function* disableGoneChannel(tx: Tx, id: string): Steps<boolean> {
  const { channels } = tx.t;
  const now = Date.now();
  const off = yield* step(
    tx.orm
      .update(channels)
      .set({ enabled: false, updatedAt: now })
      .where(and(eq(channels.id, id), eq(channels.enabled, true)))
      .returning({ id: channels.id }),
  );
  if (off.length === 0) return false;
  yield* cancelUnsent(tx, id, "channel_gone", now);
  yield* bumpRouting(tx);
  tx.notices.push({ topic: "channels", ids: [id] });
  return true;
}

/** Who uses a channel, as far as the database knows: the jobs whose rows name it, and the stored settings. */
export interface ChannelUses {
  jobs: { id: string; name: string }[];
  notifications: unknown;
}

/**
 * Removes a channel that nobody uses; its deliveries stay in the log under its name.
 * @param assertUnused throws when something still names it; asked in the transaction that removes it
 * @throws AppError `not_found`, and what `assertUnused` throws
 */
export function deleteChannel(
  id: string,
  assertUnused: (row: ChannelRow, uses: ChannelUses) => void,
  auditOf: (row: ChannelRow) => AuditInsert,
): Promise<ChannelRow> {
  return transact([NAMED_CHANNELS, `channel:${id}`], function* (tx) {
    const { channels, channelStates } = tx.t;
    const row = yield* readChannel(tx, id);
    assertUnused(row, {
      jobs: yield* jobsNaming(tx, id),
      notifications: yield* readSetting(tx, NOTIFICATION_SETTINGS),
    });
    const audit = auditOf(row);
    yield* closeAlertsOf(tx, "channel", id, "subject_removed");
    yield* cancelUnsent(tx, id, "channel_removed", audit.at);
    yield* step(tx.orm.delete(channelStates).where(eq(channelStates.channelId, id)));
    yield* step(tx.orm.delete(channels).where(eq(channels.id, id)));
    yield* written(tx, id, audit);
    return row;
  });
}

function* readChannel(tx: Tx, id: string): Steps<ChannelRow> {
  const [row] = yield* step(tx.orm.select().from(tx.t.channels).where(eq(tx.t.channels.id, id)).limit(1));
  if (!row) throw new AppError("not_found", "There is no such channel.");
  return row;
}

function* jobsNaming(tx: Tx, channelId: string): Steps<{ id: string; name: string }[]> {
  const { jobs, jobNotifications } = tx.t;
  return yield* step(
    tx.orm
      .select({ id: jobs.id, name: jobs.name })
      .from(jobNotifications)
      .innerJoin(jobs, eq(jobs.id, jobNotifications.jobId))
      .where(eq(jobNotifications.channelId, channelId))
      .orderBy(jobs.name),
  );
}

function* written(tx: Tx, id: string, audit: AuditInsert): Steps<void> {
  yield* bumpRouting(tx);
  yield* writeAudit(tx, audit);
  tx.notices.push({ topic: "channels", ids: [id] });
}

function nameTakenOr(error: unknown): never {
  if (!isUniqueViolation(error)) throw error;
  const sentence = "Another channel has this name.";
  throw new AppError("conflict", sentence, { fields: { name: sentence } });
}
