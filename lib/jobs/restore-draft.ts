import { lstat, rmdir } from "node:fs/promises";
import { basename, dirname, isAbsolute, join } from "node:path";
import { newId } from "@/lib/core/id";
import type { JobIo } from "./contract";
import { askFiles } from "./files/ask";
import { systemCode } from "./run-error";
import { removeFolder } from "./sources/directory-remove";
import { removeDatabase } from "./sources/sqlite-snapshot";

/** Marks an empty folder into which one restore writes, with the draft in it. */
export const CLAIM = ".belfry-restore";

const NAME = /^\.restore_[0-9a-z]+(\.db)?$/;

/**
 * The path beside its target at which a restore writes until all is there, noted in its run before the first byte: what
 * kill -9 leaves is found by it.
 * @param ending `.db` for a file, empty for a folder
 */
export async function restoreDraft(folder: string, ending: ".db" | "", io: JobIo): Promise<string> {
  const draft = join(folder, `.${newId("restore")}${ending}`);
  await io.watch?.willStore(draft);
  return draft;
}

/**
 * Removes what a restore that is over left at its draft. Nothing else can be removed: the name is one that only
 * `restoreDraft` makes.
 * @param signal ends the question whether the disk answers
 * @returns whether there was anything
 * @throws the system's error, or the signal's reason when the disk does not answer
 */
export async function removeDraft(draft: string, signal: AbortSignal): Promise<boolean> {
  if (!isAbsolute(draft) || !NAME.test(basename(draft))) return false;
  const folder = dirname(draft);
  const found = await askFiles({ op: "stat", path: folder }, { root: folder, signal }).catch((error: unknown) => {
    if (systemCode(error) !== "ENOENT") throw error;
    return null;
  });
  if (!found) return false;
  const itself = await lstat(draft).catch(() => null);
  if (itself?.isDirectory()) await removeFolder(draft);
  else await removeDatabase(draft);
  if (basename(folder) === CLAIM) await rmdir(folder).catch(() => undefined);
  return itself !== null;
}
