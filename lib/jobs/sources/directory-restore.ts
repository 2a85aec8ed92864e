import { access, chmod, constants, lstat, mkdir, readdir, rename, rmdir, stat, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { JobIo, RestoreOptions, RestoreReport, StoredBackup } from "../contract";
import { makeFolder } from "../make-folder";
import { isMountPoint, realPath } from "../real-paths";
import { restoreDraft } from "../restore-draft";
import { fileError, RunError, systemCode } from "../run-error";
import { syncFolder } from "../sync-folder";
import { untilAborted } from "../until-aborted";
import { extractArchive } from "./directory-extract";
import { countFiles } from "./directory-list";
import { removeFolder } from "./directory-remove";

/** Marks an empty folder into which one restore writes. */
const CLAIM = ".belfry-restore";

/** Where a restore writes: behind links. */
interface Place {
  folder: string;
  /** Null: it does not exist. */
  entries: string[] | null;
}

/**
 * What is at a restore's target, behind a link.
 * @throws RunError when it is no folder, cannot be read, or is a link to nothing
 */
export async function placeOf(path: string, io: JobIo): Promise<Place> {
  return await untilAborted(io.signal, async () => {
    try {
      const folder = await realPath(path);
      const isLink = await lstat(path).then(
        (found) => found.isSymbolicLink(),
        () => false,
      );
      const entries = await readdir(folder).catch((error: unknown) => {
        if (systemCode(error) === "ENOENT") return null;
        throw error;
      });
      if (isLink && !entries) throw new RunError(`${path} is a link to a folder that does not exist.`);
      return { folder, entries };
    } catch (error) {
      throw fileError(error, path);
    }
  });
}

/** Restores an archive to a folder. A new or empty one appears only whole, and two restores cannot both fill it. */
export async function restoreArchive(
  backup: StoredBackup,
  path: string,
  io: JobIo,
  { mayOverwrite }: RestoreOptions,
): Promise<RestoreReport> {
  const { folder, entries } = await placeOf(path, io);
  if (entries?.length) {
    if (!mayOverwrite) throw new RunError(`${path} is not empty.`);
    // Read to its end before anything is written, so that damage is found before anything is touched.
    await countFiles(await backup.open(), io);
    return { missing: await extractArchive(backup, folder, io) };
  }
  try {
    const missing =
      entries && !(await canBeReplaced(folder))
        ? await fillInPlace(backup, folder, io)
        : await fillAndRename(backup, folder, io);
    return { missing };
  } catch (error) {
    throw fileError(error, path);
  }
}

async function fillAndRename(backup: StoredBackup, folder: string, io: JobIo): Promise<string[]> {
  const parent = dirname(folder);
  const made = await missingFolders(parent);
  const draft = await restoreDraft(parent, "", io);
  // Its own mode comes back with the rest: until all is as it was, nobody else gets into the folder around it.
  const filled = join(draft, "files");
  try {
    await makeFolder(filled);
    const missing = await extractArchive(backup, filled, io);
    // Replaces nothing but an empty folder: what came first stays.
    await move(filled, folder).catch((error: unknown) => {
      if (!["ENOTEMPTY", "EEXIST", "ENOTDIR"].includes(systemCode(error))) throw error;
      throw new RunError(`Something else was written to ${folder} meanwhile. It was not overwritten.`, {
        cause: error,
      });
    });
    await rmdir(draft);
    await syncFolder(parent);
    return missing;
  } catch (error) {
    await removeFolder(draft);
    for (const empty of made) await rmdir(empty).catch(() => undefined);
    throw error;
  }
}

/** Where no other folder can take its place: a mount point, or one in a folder that may not be written to. */
async function fillInPlace(backup: StoredBackup, folder: string, io: JobIo): Promise<string[]> {
  const claim = join(folder, CLAIM);
  await mkdir(claim, { mode: 0o700 }).catch((error: unknown) => {
    if (systemCode(error) !== "EEXIST") throw error;
    throw new RunError(`Another restore is writing to ${folder}.`, { cause: error });
  });
  try {
    const missing = await extractArchive(backup, folder, io);
    const { atime, mtime } = await stat(folder);
    await rmdir(claim);
    await utimes(folder, atime, mtime);
    await syncFolder(folder);
    return missing;
  } catch (error) {
    // It was empty: all of it is from this restore. The claim goes last.
    for (const name of await readdir(folder, { encoding: "buffer" })) {
      if (name.toString() === CLAIM) continue;
      await removeFolder(Buffer.concat([Buffer.from(`${folder}/`), name]));
    }
    await rmdir(claim).catch(() => undefined);
    throw error;
  }
}

/** Renames a folder, also one that its owner may not write to: an ordinary user may not move it to another parent. */
async function move(from: string, to: string): Promise<void> {
  const mode = (await lstat(from)).mode & 0o7777;
  const isLocked = (mode & 0o200) === 0;
  if (isLocked) await chmod(from, mode | 0o200);
  await rename(from, to);
  if (isLocked) await chmod(to, mode);
}

async function canBeReplaced(folder: string): Promise<boolean> {
  if (await isMountPoint(folder)) return false;
  return await access(dirname(folder), constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The folders of a path that do not exist, the innermost first. */
async function missingFolders(path: string): Promise<string[]> {
  const missing: string[] = [];
  for (let folder = path; basename(folder); folder = dirname(folder)) {
    const exists = await lstat(folder).then(
      () => true,
      () => false,
    );
    if (exists) break;
    missing.push(folder);
  }
  return missing;
}
