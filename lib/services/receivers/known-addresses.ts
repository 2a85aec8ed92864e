import { readFault } from "@/db/faults";
import { receiverHashes } from "@/db/queries/job-receivers";
import { sharedState } from "@/lib/core/runtime";
import { hashToken } from "@/lib/core/token";
import type { ReceiverAddress } from "@/lib/receivers/address";
import { isPingKey } from "./ping-key";

/** So many digits of a hash are kept, in hex: as many as a number holds exactly. */
const DIGITS = 12;
/** Not read again sooner, milliseconds; nor for a hundred times as long as it took. */
const REFRESH_MS = 5_000;
const SHARE = 100;

interface Known {
  /** Beginnings of all hashes, in order. Eight bytes for each of two addresses of a job. */
  starts: Float64Array;
  readAt: number;
  tookMs: number;
  reading: Promise<void> | null;
}

const known = sharedState<Known>("receivers.known-addresses", () => ({
  starts: new Float64Array(),
  readAt: Number.NEGATIVE_INFINITY,
  tookMs: 0,
  reading: null,
}));

/**
 * Whether an address may be one of a job, answered from memory: for callers who have asked for so many unknown ones that no more is
 * looked up for them. The addresses of a job that was created in the last seconds may be missing.
 * @throws AppError `unavailable` while the database cannot be reached
 */
export async function mayBeKnown({ credential }: Pick<ReceiverAddress, "credential">): Promise<boolean> {
  try {
    // Compared in memory. Who knows the key searches for nothing.
    if (credential.kind === "slug") return await isPingKey(credential.key);
    const start = startOf(hashToken(credential.kind === "token" ? credential.token : credential.uuid));
    if (holds(known.starts, start)) return true;
    const age = performance.now() - known.readAt;
    if (age >= 0 && age < Math.max(REFRESH_MS, SHARE * known.tookMs)) return false;
    known.reading ??= readAll().finally(() => {
      known.reading = null;
    });
    await known.reading;
    return holds(known.starts, start);
  } catch (error) {
    throw readFault(error);
  }
}

async function readAll(): Promise<void> {
  const begunAt = performance.now();
  const starts = Float64Array.from(await receiverHashes(), startOf);
  known.starts = starts.sort();
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
