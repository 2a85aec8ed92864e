import { eq } from "drizzle-orm";
import { step, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";
import { type ChannelRow, insertPlainChannel } from "./channels";
import { insertJob, type JobNotificationRuleRow, locksOfNew, type NewJob, nameTakenOr } from "./jobs";
import { assertStillThere } from "./references";
import { bumpRouting } from "./settings";

/**
 * Creates a job together with channels that its rules name: all of it or nothing.
 * @throws AppError `conflict` when a name is taken, or a channel that was there was removed meanwhile
 */
export function createJobWithChannels(
  job: NewJob,
  audit: AuditInsert,
  channels: readonly { row: ChannelRow; audit: AuditInsert }[],
): Promise<void> {
  return transact(locksOfNew(job), function* (tx) {
    for (const channel of channels) yield* insertPlainChannel(tx, channel.row, channel.audit);
    yield* insertJob(tx, job, audit);
    yield* bumpRouting(tx);
  }).catch(nameTakenOr);
}

/**
 * Adds rules to a job, with the channels that are new among those that they name: all of it or nothing. A channel for which the job got
 * a rule meanwhile keeps that one.
 * @returns false when the job is gone
 * @throws AppError `conflict` when a name is taken, or a channel that was there was removed meanwhile
 */
export function addRulesToJob(
  jobId: string,
  rules: readonly JobNotificationRuleRow[],
  audit: AuditInsert,
  channels: readonly { row: ChannelRow; audit: AuditInsert }[],
): Promise<boolean> {
  const locks = [`job:${jobId}`, ...rules.map(({ channelId }) => `channel:${channelId}`)];
  return transact(locks, function* (tx) {
    const { jobs, jobNotifications } = tx.t;
    const [job] = yield* step(tx.orm.update(jobs).set({ updatedAt: audit.at }).where(eq(jobs.id, jobId)).returning());
    if (!job) return false;
    for (const channel of channels) yield* insertPlainChannel(tx, channel.row, channel.audit);
    yield* assertStillThere(
      tx,
      "channels",
      rules.map(({ channelId }) => channelId),
    );
    const known = yield* step(tx.orm.select().from(jobNotifications).where(eq(jobNotifications.jobId, jobId)));
    const ruled = new Set(known.map(({ channelId }) => channelId));
    const added = rules
      .filter(({ channelId }) => !ruled.has(channelId))
      .map((rule, index) => ({ ...rule, position: known.length + index }));
    if (added.length > 0) yield* step(tx.orm.insert(jobNotifications).values(added));
    yield* bumpRouting(tx);
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "jobs", ids: [jobId] });
    return true;
  }).catch(nameTakenOr);
}
