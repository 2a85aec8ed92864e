import { setTimeout } from "node:timers/promises";
import { readFault } from "@/db/faults";
import { receiverHashes } from "@/db/queries/job-receivers";
import { subscribe } from "@/lib/core/bus";
import { sharedState } from "@/lib/core/runtime";
import { hashToken } from "@/lib/core/token";
import type { ReceiverAddress } from "@/lib/receivers/address";
import { isPingKey } from "./ping-key";

/** So many digits of a hash are kept, in hex: as many as a number holds exactly. */
const DIGITS = 12;
/** Used for so long without a notice of a change, milliseconds: bounds what a lost notice can do. */
const MAX_AGE_MS = 60_000;
/** Between two readings passes so many times what one takes, but no more than that, milliseconds. */
const REST = 10;
const MAX_REST_MS = 2_000;
/** More callers than these do not wait for a reading: they are refused. */
const MAX_WAITING = 1_000;

interface Known {
  /** Beginnings of all hashes, in order. Eight bytes for each of two addresses of a job. */
  starts: Float64Array;
  /** How many changes of jobs there were, and how many when it was read. */
  changes: number;
  readChanges: number;
  readAt: number;
  tookMs: number;
  reading: Promise<void> | null;
  waiting: number;
}

const known = sharedState<Known>("receivers.known-addresses", () => ({
  starts: new Float64Array(),
  changes: 0,
  readChanges: -1,
  readAt: 0,
  tookMs: 0,
  reading: null,
  waiting: 0,
}));

subscribe(({ topic }) => {
  if (topic === "jobs") known.changes++;
});

/**
 * Whether an address may be one of a job, answered from memory: for callers who have asked for so many unknown ones that no more is
 * looked up for them.
 * @throws AppError `unavailable` while the database cannot be reached
 */
export async function mayBeKnown({ credential }: Pick<ReceiverAddress, "credential">): Promise<boolean> {
  try {
    // Compared in memory. Who knows the key searches for nothing.
    if (credential.kind === "slug") return await isPingKey(credential.key);
    const start = startOf(hashToken(credential.kind === "token" ? credential.token : credential.uuid));
    const wanted = known.changes;
    while (!holds(known.starts, start) && !hasRead(wanted)) {
      if (known.waiting >= MAX_WAITING) return false;
      await nextReading();
    }
    return holds(known.starts, start);
  } catch (error) {
    throw readFault(error);
  }
}

function hasRead(changes: number): boolean {
  const age = performance.now() - known.readAt;
  return known.readChanges >= changes && age >= 0 && age < MAX_AGE_MS;
}

/** The reading that is under way or about to begin, shared by all who wait. */
async function nextReading(): Promise<void> {
  known.reading ??= readAll().finally(() => {
    known.reading = null;
  });
  known.waiting++;
  try {
    await known.reading;
  } finally {
    known.waiting--;
  }
}

async function readAll(): Promise<void> {
  const age = performance.now() - known.readAt;
  const rest = Math.min(MAX_REST_MS, REST * known.tookMs) - age;
  if (age >= 0 && rest > 0) await setTimeout(rest);
  const begunAt = performance.now();
  const { changes } = known;
  known.starts = Float64Array.from(await receiverHashes(), startOf).sort();
  known.readChanges = changes;
  known.readAt = begunAt;
  known.tookMs = performance.now() - begunAt;
}

function startOf(hash: string): number {
  return Number.parseInt(hash.slice(0, DIGITS), 16);
}

function holds(starts: Float64Array, start: number): boolean {
  let from = 0;
  let to = starts.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((starts[middle] ?? 0) < start) from = middle + 1;
    else to = middle;
  }
  return starts[from] === start;
}
