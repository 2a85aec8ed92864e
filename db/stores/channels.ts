import { and, eq } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import type { Labels } from "@/lib/core/label";
import type { Tables } from "../client";
import { isUniqueViolation } from "../faults";
import { type Steps, step, type Tx, transact } from "../transact";
import { closeAlertsOf } from "./alerts";
import { type AuditInsert, writeAudit } from "./audit";
import { cancelUnsent, holdForMute, releaseMute, resumeStopped } from "./channel-deliveries";
import { resetChannelState } from "./channel-queue";
import { releaseHeldBy } from "./held-deliveries";
import { writeLabels } from "./labels";
import { type NextReports, putReportSlots, removeReportSlots } from "./report-slots";
import { routesWithChannel } from "./routes";
import { NOTIFICATION_SETTINGS } from "./routing";
import { settingLocks } from "./setting-changes";
import { bumpRouting, readSetting } from "./settings";

export type ChannelRow = Tables["channels"]["$inferSelect"];
export type ChannelChanges = Partial<Omit<ChannelRow, "id" | "provider" | "createdAt" | "updatedAt">>;

/** Locks for `transact` around a change of one channel. */
export function channelLocks(id: string): string[] {
  return [`channel:${id}`];
}

/** Locks for `transact` around the removal of a channel: no setting may start to name it meanwhile. */
export function channelRemovalLocks(id: string): string[] {
  return [...settingLocks(NOTIFICATION_SETTINGS), ...channelLocks(id)];
}

/**
 * @param more.nextReports when its reports are due next
 * @throws AppError `conflict` when the name is taken
 */
export function insertChannel(
  row: ChannelRow,
  audit: AuditInsert,
  { labels = {}, nextReports = {} }: { labels?: Labels; nextReports?: NextReports } = {},
): Promise<void> {
  return transact([], function* (tx) {
    yield* insertPlainChannel(tx, row, audit);
    yield* writeLabels(tx, "channel", row.id, labels);
    yield* putReportSlots(tx, "channel", row.id, nextReports);
  });
}

/** Inserts a channel without labels and reports. @throws AppError `conflict` when the name is taken */
export function* insertPlainChannel(tx: Tx, row: ChannelRow, audit: AuditInsert): Steps<void> {
  yield* uniqueName(step(tx.orm.insert(tx.t.channels).values(row)));
  yield* recordChange(tx, row.id, audit);
}

/** @throws AppError `not_found` */
export function* readChannel(tx: Tx, id: string): Steps<ChannelRow> {
  const [row] = yield* step(tx.orm.select().from(tx.t.channels).where(eq(tx.t.channels.id, id)).limit(1));
  if (!row) throw new AppError("not_found", "There is no such channel.");
  return row;
}

/**
 * Changes a channel. Disabling it closes its alerts and cancels its unsent deliveries; enabling it takes those up again.
 * @param row as read in the same transaction, under `channelLocks`
 * @throws AppError `conflict` when the name is taken
 */
export function* applyChannelChanges(
  tx: Tx,
  row: ChannelRow,
  changes: ChannelChanges,
  audit: AuditInsert,
): Steps<ChannelRow> {
  const { id } = row;
  const [changed] = yield* uniqueName(
    step(
      tx.orm
        .update(tx.t.channels)
        .set({ ...changes, updatedAt: audit.at })
        .where(eq(tx.t.channels.id, id))
        .returning(),
    ),
  );
  if (row.enabled && changes.enabled === false) {
    yield* closeAlertsOf(tx, "channel", id, "subject_disabled");
    yield* cancelUnsent(tx, id, "channel_disabled", audit.at);
  }
  if (!row.enabled && changes.enabled === true) yield* resumeStopped(tx, id, audit.at);
  if (changes.mutedUntil !== undefined && changes.mutedUntil !== row.mutedUntil) {
    // A mute that became shorter holds for its new time: what it held is released, then held again.
    yield* releaseMute(tx, id, audit.at);
    if (changes.mutedUntil !== null) yield* holdForMute(tx, id, changes.mutedUntil);
  }
  // What the new hours hold is held again before it is sent.
  if (changes.quietHours !== undefined) yield* releaseHeldBy(tx, "quiet_hours", id, audit.at);
  yield* resetChannelState(tx, id, changes.enabled === false);
  yield* recordChange(tx, id, audit);
  return changed ?? row;
}

/**
 * Disables a channel whose target is permanently gone and cancels its unsent deliveries. Its alert stays open, so that
 * people see it.
 * @returns false when it was disabled already
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

/** Everything stored that names a channel: rules of jobs and profiles, and the notification settings as stored. */
export interface ChannelUses {
  jobs: { id: string; name: string }[];
  profiles: { id: string; name: string }[];
  routes: { id: string; name: string }[];
  notifications: unknown;
}

export function* readChannelUses(tx: Tx, id: string): Steps<ChannelUses> {
  const { jobs, jobNotifications, profiles, profileNotifications } = tx.t;
  return {
    jobs: yield* step(
      tx.orm
        .select({ id: jobs.id, name: jobs.name })
        .from(jobNotifications)
        .innerJoin(jobs, eq(jobs.id, jobNotifications.jobId))
        .where(eq(jobNotifications.channelId, id))
        .orderBy(jobs.name),
    ),
    profiles: yield* step(
      tx.orm
        .select({ id: profiles.id, name: profiles.name })
        .from(profileNotifications)
        .innerJoin(profiles, eq(profiles.id, profileNotifications.profileId))
        .where(eq(profileNotifications.channelId, id))
        .orderBy(profiles.name),
    ),
    routes: yield* routesWithChannel(tx, id),
    notifications: yield* readSetting(tx, NOTIFICATION_SETTINGS),
  };
}

/** Removes a channel under `channelRemovalLocks`; its deliveries stay in the log under its name. */
export function* removeChannel(tx: Tx, id: string, audit: AuditInsert): Steps<void> {
  const { channels, channelStates } = tx.t;
  yield* closeAlertsOf(tx, "channel", id, "subject_removed");
  yield* cancelUnsent(tx, id, "channel_removed", audit.at);
  yield* removeReportSlots(tx, "channel", id);
  yield* step(tx.orm.delete(channelStates).where(eq(channelStates.channelId, id)));
  yield* step(tx.orm.delete(channels).where(eq(channels.id, id)));
  yield* writeLabels(tx, "channel", id, {});
  yield* recordChange(tx, id, audit);
}

function* recordChange(tx: Tx, id: string, audit: AuditInsert): Steps<void> {
  yield* bumpRouting(tx);
  yield* writeAudit(tx, audit);
  tx.notices.push({ topic: "channels", ids: [id] });
}

function* uniqueName<T>(write: Steps<T>): Steps<T> {
  try {
    return yield* write;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const sentence = "Another channel has this name.";
    throw new AppError("conflict", sentence, { fields: { name: sentence } });
  }
}
