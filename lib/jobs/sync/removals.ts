import { forgetSyncedFiles, noteMissing, pageOfSyncedFiles } from "@/db/stores/synced-files";
import { pluralize } from "@/lib/core/format-units";
import type { DestinationTree } from "../contract";
import type { FolderProcess } from "../files/folder-process";
import { untilAborted } from "../until-aborted";
import { Pool } from "./pool";
import type { SyncTally } from "./tally";

const PAGE = 1_000;
const DELETIONS_AT_ONCE = 8;
/** With fewer files than this, any number of them may go. */
const FEW = 10;

interface MissingFiles {
  missing: number;
  /** All that were stored, also those that are missing. */
  total: number;
}

/** Notes which of the stored files are in the folder no more, and which are there again. @param now milliseconds */
export async function noteMissingFiles(syncId: string, source: FolderProcess, now: number): Promise<MissingFiles> {
  const found: MissingFiles = { missing: 0, total: 0 };
  for await (const page of pages(syncId, false)) {
    const missing = new Set(await source.ask({ op: "missing", paths: page.map(({ path }) => path) }));
    found.missing += missing.size;
    found.total += page.length;
    const gone = page.filter((row) => row.missingSince === null && missing.has(row.path));
    const back = page.filter((row) => row.missingSince !== null && !missing.has(row.path));
    await noteMissing(
      syncId,
      gone.map(({ path }) => path),
      now,
    );
    await noteMissing(
      syncId,
      back.map(({ path }) => path),
      null,
    );
  }
  return found;
}

/**
 * Why missing files stay at the destination although the sync deletes them; null: nothing speaks against it. A folder
 * that lost most of its files looks like a disk that is not mounted, or like somebody's mistake.
 * @param isWanted a person has said that so many are to go
 */
export function reasonToKeep(
  found: MissingFiles,
  tally: Pick<SyncTally, "closedFolders">,
  isWanted: boolean,
): string | null {
  const { missing, total } = found;
  if (missing === 0) return null;
  const files = `${pluralize(missing, "file")} that ${missing === 1 ? "is" : "are"} in the folder no more`;
  if (tally.closedFolders > 0)
    return `${files} ${missing === 1 ? "was" : "were"} not deleted at the destination: a part of the folder cannot be read.`;
  if (isWanted || total < FEW || missing * 2 <= total) return null;
  return `${missing} of ${total} files are in the folder no more. Nothing was deleted at the destination: if they are meant to go, run the sync with “Delete them”.`;
}

/** Deletes the missing files, each only while it is still missing. */
export async function deleteMissingFiles(
  syncId: string,
  {
    source,
    tree,
    tally,
    signal,
  }: { source: FolderProcess; tree: DestinationTree; tally: SyncTally; signal: AbortSignal },
): Promise<void> {
  for await (const page of pages(syncId, true)) {
    const pool = new Pool(DELETIONS_AT_ONCE);
    const deleted: string[] = [];
    for (const path of await source.ask({ op: "missing", paths: page.map((row) => row.path) })) {
      await pool.add(async () => {
        try {
          await untilAborted(signal, () => tree.remove(path));
          deleted.push(path);
          tally.deleted++;
        } catch (error) {
          signal.throwIfAborted();
          tally.failedFile(path, error);
        }
      });
    }
    try {
      await pool.idle();
    } finally {
      await forgetSyncedFiles(syncId, deleted);
    }
  }
}

async function* pages(syncId: string, onlyMissing: boolean) {
  for (let after = ""; ; ) {
    const page = await pageOfSyncedFiles(syncId, after, PAGE, onlyMissing);
    const last = page.at(-1);
    if (!last) return;
    yield page;
    after = last.path;
  }
}
