import { databaseNow } from "@/db/database-clock";
import { lastSchedulerTick, oldestDueSlot, stuckChannels, type WaitingChannel } from "@/db/queries/progress";
import { probeWriting } from "@/db/stores/probe";
import { formatDuration, pluralize } from "@/lib/core/format-units";
import { SCHEDULER_STALL_MS } from "@/lib/core/health-limits";
import { topicCache } from "@/lib/core/topic-cache";
import { sinceStorageFault } from "@/lib/dispatch/send/storage-watch";

/** A write is tried at most so often, however often somebody asks, milliseconds. */
const PROBE_MS = 5_000;
/** A write that takes longer counts as refused, milliseconds. */
const PROBE_LIMIT_MS = 2_000;
/** A write that was refused counts for so long, milliseconds: a small one may fit where a larger one does not. */
const FAULT_MS = 10_000;

const canWrite = topicCache([], tryWriting, { maxAgeMs: PROBE_MS });

/** How far the work of all processes is. */
export interface Progress {
  /** When the scheduler that leads last looked for due backups, milliseconds; null: never. */
  lastTickAt: number | null;
  /** Since when the oldest slot of a schedule is due, milliseconds; null when none is. */
  oldestSlotAt: number | null;
  stuck: readonly WaitingChannel[];
  canWrite: boolean;
}

/** @throws when the database does not answer */
export async function readProgress(): Promise<Progress> {
  const now = databaseNow();
  const faultMs = sinceStorageFault();
  const [lastTickAt, oldestSlotAt, stuck, isWritable] = await Promise.all([
    lastSchedulerTick(),
    oldestDueSlot(now),
    stuckChannels(now),
    canWrite.read(),
  ]);
  return { lastTickAt, oldestSlotAt, stuck, canWrite: isWritable && (faultMs === null || faultMs > FAULT_MS) };
}

/** What keeps Belfry from working, one sentence each; they name nothing that only users may know. */
export function problemsOf({ lastTickAt, stuck, canWrite: isWritable }: Progress, now: number): string[] {
  const problems: string[] = [];
  if (!isWritable) problems.push("The database cannot be written.");
  const silentMs = lastTickAt === null ? 0 : now - lastTickAt;
  if (silentMs >= SCHEDULER_STALL_MS)
    problems.push(`The scheduler has not checked for due backups for ${formatDuration(silentMs)}.`);
  if (stuck.length > 0) {
    const oldest = formatDuration(now - Math.min(...stuck.map(({ dueAt }) => dueAt)));
    problems.push(
      `Notifications of ${pluralize(stuck.length, "healthy channel")} are not sent, the oldest for ${oldest}.`,
    );
  }
  return problems;
}

async function tryWriting(): Promise<boolean> {
  const written = probeWriting(Date.now()).then(
    () => true,
    () => false,
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PROBE_LIMIT_MS);
  });
  const result = await Promise.race([written, late]);
  clearTimeout(timer);
  return result;
}
