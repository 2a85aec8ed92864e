import { createWriteStream, type Stats } from "node:fs";
import { lstat, open, realpath, rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { formatBytes, pluralize } from "@/lib/core/format-units";
import type { JobIo, PathTarget, RestoreOutlook, RestoreReport, StoredBackup } from "../contract";
import { restoreDraft } from "../restore-draft";
import { type OpenTarget, openTarget } from "../restore-target";
import { fileError, RunError, systemCode } from "../run-error";
import { syncFolder } from "../sync-folder";
import { checkDatabase } from "./sqlite-check";
import { giveAttributes, lostOwner } from "./sqlite-owner";
import { placeNew } from "./sqlite-place";
import { removeDatabase, SIDECARS } from "./sqlite-snapshot";

/** What is at the path of a restore. */
interface Existing {
  /** The file itself: behind a link, what the link leads to. */
  file: string;
  found: Stats | null;
  /** Endings of what SQLite left beside it: replayed into another file they would damage it. */
  sidecars: string[];
}

/** What a restore would overwrite, in a sentence; null: nothing. @throws RunError when it is no file */
export async function describeTarget(path: string): Promise<string | null> {
  const { file, found, sidecars } = await existingAt(path);
  if (found) {
    const size = `${formatBytes(found.size)}, changed ${found.mtime.toISOString()}`;
    return file === path
      ? `the file ${file} (${size})`
      : `the file ${file} (${size}), to which ${path} leads by a link`;
  }
  if (sidecars.length === 0) return null;
  const names = sidecars.map((ending) => file + ending).join(", ");
  return `what a database that is gone left behind (${names})`;
}

/** What a restore to the path would leave as it is, and what it cannot bring back there. */
export async function outlookAt(path: string): Promise<RestoreOutlook> {
  const { file, found } = await existingAt(path);
  if (!found) return { stays: [], cannot: [] };
  const stays = ["Programs that have the old database open go on with it until they are restarted."];
  if (found.nlink > 1) {
    const others = pluralize(found.nlink - 1, "other name");
    stays.push(`${file} has ${others} (hard links): there the old database stays.`);
  }
  const owner = lostOwner(found);
  return {
    stays,
    cannot: owner ? [`The restored file cannot belong to ${owner} again: only root gives files away.`] : [],
  };
}

/**
 * Restores a database to a path: what is there stays until the whole backup has been read and checked. Behind a link,
 * the file that it leads to is replaced. A new file is made exclusively: of two restores to one path, one is refused.
 * @throws RunError; then everything is as it was
 */
export async function restoreFile(
  backup: StoredBackup,
  { path, place }: PathTarget,
  mayOverwrite: boolean,
  io: JobIo,
): Promise<RestoreReport> {
  const file = place?.path ?? (await existingAt(path)).file;
  try {
    const target = await openTarget(file, { place });
    try {
      return await restoreInto(backup, target, path, mayOverwrite, io);
    } catch (error) {
      await target.removeMade();
      throw error;
    } finally {
      await target.close();
    }
  } catch (error) {
    throw fileError(error, path);
  }
}

async function restoreInto(
  backup: StoredBackup,
  { parent, name, path: file }: OpenTarget,
  path: string,
  mayOverwrite: boolean,
  io: JobIo,
): Promise<RestoreReport> {
  const existing = await existingIn(parent.at(name), path);
  const { found, sidecars } = existing;
  if ((found || sidecars.length > 0) && !mayOverwrite) {
    throw new RunError(found ? `${path} already exists.` : `${await describeTarget(path)} is in the way.`);
  }
  const noted = await restoreDraft(await parent.real(), ".db", io);
  const draft = parent.at(basename(noted));
  try {
    await pipeline(await backup.open(), createWriteStream(draft, { mode: 0o600, flags: "wx" }), { signal: io.signal });
    const { oddities, unchecked } = await checkDatabase(noted, io);
    for (const sentence of [...oddities, ...unchecked]) io.log(sentence);
    const missing = await finishDraft(draft, existing, { parent, name, path: file }, io);
    const replace = () => (found ? rename(draft, parent.at(name)) : placeNew(draft, parent.at(name), file));
    await withoutSidecars(existing, draft, replace);
    if (sidecars.length > 0)
      io.log(`Removed ${sidecars.map((ending) => file + ending).join(", ")} of the old database`);
    await syncFolder(parent.at());
    return { missing };
  } finally {
    await removeDatabase(draft);
  }
}

async function existingAt(path: string): Promise<Existing> {
  const file = await realpath(path).catch(async (error: unknown) => {
    if (systemCode(error) !== "ENOENT") throw fileError(error, path);
    const itself = await lstat(path).catch(() => null);
    if (itself?.isSymbolicLink()) {
      throw new RunError(`${path} is a link to a file that does not exist.`, {
        advice: "Restore to the file itself, or remove the link.",
      });
    }
    return path;
  });
  return await existingIn(file, path);
}

/** @param file without links @param path for sentences */
async function existingIn(file: string, path: string): Promise<Existing> {
  const found = await lstatIfExists(file, path);
  if (found && !found.isFile()) throw new RunError(`${path} exists and is not a file.`);
  const sidecars: string[] = [];
  for (const ending of SIDECARS) if (await lstatIfExists(file + ending, path + ending)) sidecars.push(ending);
  return { file, found, sidecars };
}

async function lstatIfExists(file: string, path: string): Promise<Stats | null> {
  return await lstat(file).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return null;
    throw fileError(error, path);
  });
}

async function finishDraft(
  draft: string,
  { found }: Existing,
  old: Pick<OpenTarget, "parent" | "name" | "path">,
  io: JobIo,
): Promise<string[]> {
  // Opened before its mode may forbid that.
  const handle = await open(draft, "r+");
  try {
    const missing = found ? await giveAttributes(handle, basename(draft), old, found, io) : [];
    await handle.sync();
    return missing;
  } finally {
    await handle.close();
  }
}

/** Moves the old sidecars aside while the file is replaced, and removes them; puts them back when that fails. */
async function withoutSidecars(
  { file, sidecars }: Existing,
  draft: string,
  replace: () => Promise<void>,
): Promise<void> {
  const aside: string[] = [];
  try {
    for (const ending of sidecars) {
      await rename(file + ending, draft + ending);
      aside.push(ending);
    }
    await replace();
  } catch (error) {
    for (const ending of aside) await rename(draft + ending, file + ending);
    throw error;
  }
  for (const ending of aside) await rm(draft + ending, { force: true });
}
