import { transact } from "../transact";
import type { AuditInsert } from "./audit";
import { type ChannelRow, insertPlainChannel } from "./channels";
import { insertJob, locksOfNew, type NewJob, nameTakenOr } from "./jobs";
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
