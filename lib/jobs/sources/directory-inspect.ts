import { constants, open } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { messageOf } from "@/lib/core/errors";
import { pluralize } from "@/lib/core/format-units";
import type { JobIo } from "../contract";
import { fileError, systemCode } from "../run-error";
import { untilAborted } from "../until-aborted";
import { Tally } from "./directory-messages";
import { isPattern, PatternCounts, PatternMatcher } from "./directory-patterns";
import { type WalkedEntry, walk } from "./directory-walk";

/** How long a Test looks at files, milliseconds. */
const LIMIT_MS = 10_000;
/** Files that are opened at the same time. */
const AT_ONCE = 8;
/** How long patterns are matched without a break, milliseconds. */
const SLICE_MS = 20;

interface Inspection {
  /** Files that a run would keep. */
  files: number;
  /** False: the time was up before every file was seen. */
  isComplete: boolean;
  /** What a person should know, a sentence each. */
  details: string[];
}

/**
 * Looks at every file as a run would, for a limited time: what cannot be read, and what each pattern leaves out.
 * @param options.left paths below the root that no run reads
 * @param options.limit ends when the time is up
 * @throws RunError when the root cannot be listed
 */
export async function inspectFiles(
  root: string,
  lines: readonly string[],
  io: JobIo,
  { left = [], limit = AbortSignal.timeout(LIMIT_MS) }: { left?: readonly Buffer[]; limit?: AbortSignal } = {},
): Promise<Inspection> {
  const isLeft = ({ path }: WalkedEntry) => left.some((one) => one.equals(path));
  const signal = AbortSignal.any([io.signal, limit]);
  const matcher = new PatternMatcher(lines.filter(isPattern));
  const counts = new PatternCounts(lines);
  const unreadable = new Tally();
  let files = 0;
  const look = async (entry: WalkedEntry) => {
    if (entry.kind === "socket" || isLeft(entry) || matcher.leavesOut(entry)) return;
    if (entry.kind !== "directory") files++;
    if (entry.kind !== "file") return;
    const reason = await whyUnreadable(root, entry, signal);
    if (reason) unreadable.add(entry.text, reason);
  };
  let isComplete = true;
  try {
    const ways = walk(root, {
      signal,
      // Also into what patterns leave out: its files are counted.
      enters: (entry) => !isLeft(entry),
      onUnreadable(folder, error) {
        if (!folder) throw fileError(error, `The directory ${root}`, "cannot_start");
        if (!matcher.leavesOut({ text: folder, kind: "directory" })) unreadable.add(`${folder}/`, reasonOf(error));
      },
    });
    for await (const batch of ways) {
      await countInSlices(counts, batch, signal);
      for (let n = 0; n < batch.length; n += AT_ONCE) await Promise.all(batch.slice(n, n + AT_ONCE).map(look));
      signal.throwIfAborted();
    }
  } catch (error) {
    if (!limit.aborted || io.signal.aborted) throw error;
    isComplete = false;
  }
  return { files, isComplete, details: detailsOf(unreadable, counts.sentences(isComplete), isComplete) };
}

/** Many patterns on many names are long work: others get their turn. */
async function countInSlices(counts: PatternCounts, batch: WalkedEntry[], signal: AbortSignal): Promise<void> {
  let began = performance.now();
  for (const entry of batch) {
    counts.add(entry);
    if (performance.now() - began < SLICE_MS) continue;
    await setImmediate();
    signal.throwIfAborted();
    began = performance.now();
  }
}

function detailsOf(unreadable: Tally, patterns: string[], isComplete: boolean): string[] {
  const details = [...patterns];
  if (unreadable.count > 0) {
    const what = pluralize(unreadable.count, "file or folder", "files or folders");
    details.unshift(
      `${isComplete ? "" : "At least "}${what} cannot be read and will not be in the backup: ${unreadable.names()}${unreadable.why()}. ` +
        "Give the user that Belfry runs as access, or leave them out by a pattern.",
    );
  }
  if (!isComplete)
    details.push(`Counting stopped after ${LIMIT_MS / 1000} seconds: there are more files than were counted.`);
  return details;
}

/** The system's words for why a file cannot be opened; null: it can, or is gone since it was seen. */
async function whyUnreadable(root: string, { path }: WalkedEntry, signal: AbortSignal): Promise<string | null> {
  const full = Buffer.concat([Buffer.from(`${root}/`), path]);
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  try {
    const opened = await untilAborted(
      signal,
      () => open(full, flags),
      (late) => late.close(),
    );
    await opened.close();
    return null;
  } catch (error) {
    signal.throwIfAborted();
    return ["ENOENT", "ELOOP"].includes(systemCode(error)) ? null : reasonOf(error);
  }
}

function reasonOf(error: unknown): string {
  return systemCode(error) === "EACCES" ? "Permission denied" : messageOf(error);
}
