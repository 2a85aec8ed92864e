import { access, chmod, constants, lstat, readdir, rename, rmdir, stat, utimes } from "node:fs/promises";
import { basename, join } from "node:path";
import type { JobIo, PathTarget, RestoreOptions, RestoreReport, StoredBackup } from "../contract";
import type { PinnedFolder } from "../files/pinned-folder";
import { OUT_OF_REACH_ADVICE, ownPlacesWithin } from "../places/require-place";
import { isMountPoint, realPath } from "../real-paths";
import { CLAIM, restoreDraft } from "../restore-draft";
import { type OpenTarget, openTarget } from "../restore-target";
import { fileError, RunError, systemCode } from "../run-error";
import { syncFolder } from "../sync-folder";
import { untilAborted } from "../until-aborted";
import { extractArchive } from "./directory-extract";
import { countFiles } from "./directory-list";
import { mergeFolders, readAttributes, writeAttributes } from "./directory-merge";
import { removeFolder } from "./directory-remove";

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

/**
 * Restores an archive to a folder. It is unpacked into a draft that nobody else can reach, beside the target, and moved
 * from there: a new or empty folder appears only whole, and two restores cannot both fill it. Over a filled one each file
 * takes the place of the one of its name.
 */
export async function restoreArchive(
  backup: StoredBackup,
  { path, place }: PathTarget,
  io: JobIo,
  { mayOverwrite }: RestoreOptions,
): Promise<RestoreReport> {
  const folder = place?.path ?? (await placeOf(path, io)).folder;
  try {
    const target = await openTarget(folder, { place });
    try {
      const entries = await entriesOf(target, path);
      const isFilled = Boolean(entries?.length);
      if (isFilled) {
        if (!mayOverwrite) throw new RunError(`${path} is not empty.`);
        if (place) await requireNothingOwn(folder, io);
        // Read to its end before anything is written, so that damage is found before anything is touched.
        await countFiles(await backup.open(), io);
      }
      const canDraftBeside = entries === null || (await canBeReplaced(folder, target));
      if (!canDraftBeside) return { missing: await fillInside(backup, target, isFilled, io) };
      return { missing: await fillBeside(backup, target, isFilled, io) };
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

/** What is in the target; null: it does not exist. @throws RunError when it is no folder */
async function entriesOf({ parent, name }: OpenTarget, path: string): Promise<Buffer[] | null> {
  const found = await lstat(parent.at(name)).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return null;
    throw error;
  });
  if (!found) return null;
  if (!found.isDirectory()) throw new RunError(`${path} is not a folder.`);
  const folder = await parent.enter(name);
  return await folder.names().finally(() => folder.close());
}

/** A backup must not be laid over what is Belfry's own. */
async function requireNothingOwn(folder: string, io: JobIo): Promise<void> {
  const [own] = await untilAborted(io.signal, () => ownPlacesWithin(folder, io.signal));
  if (!own) return;
  throw new RunError(`${folder} cannot be restored over: ${own.path.toString() || "it"} is ${own.what}.`, {
    kind: "cannot_start",
    advice: OUT_OF_REACH_ADVICE,
  });
}

/** A draft beside the target takes its place, or is merged into it. */
async function fillBeside(
  backup: StoredBackup,
  { parent, name, path }: OpenTarget,
  isFilled: boolean,
  io: JobIo,
): Promise<string[]> {
  // Its own mode comes back with the rest: until all is as it was, nobody else gets into the folder around it.
  let draft: Draft | null = null;
  try {
    draft = await Draft.make(parent, io);
    const missing = await extractArchive(backup, draft.files, io);
    if (isFilled) {
      const folder = await parent.enter(name);
      missing.push(...(await mergeInto(draft.files, folder, io).finally(() => folder.close())));
    } else await placeWhole(draft, parent, name, path);
    await draft.remove();
    await syncFolder(parent.at());
    return missing;
  } catch (error) {
    await draft?.remove();
    throw error;
  }
}

/** Replaces nothing but an empty folder: what came first stays. */
async function placeWhole({ folder }: Draft, parent: PinnedFolder, name: string, path: string): Promise<void> {
  await move(folder.at(FILES), parent.at(name)).catch((error: unknown) => {
    if (!["ENOTEMPTY", "EEXIST", "ENOTDIR"].includes(systemCode(error))) throw error;
    throw new RunError(`Something else was written to ${path} meanwhile. It was not overwritten.`, { cause: error });
  });
}

/** Where no other folder can take its place: a mount point, or one in a folder that may not be written to. */
async function fillInside(
  backup: StoredBackup,
  { parent, name, path }: OpenTarget,
  isFilled: boolean,
  io: JobIo,
): Promise<string[]> {
  const folder = await parent.enter(name);
  try {
    if (!(await folder.make(CLAIM))) throw new RunError(`Another restore is writing to ${path}.`);
    const claim = await folder.enter(CLAIM);
    let isOver = false;
    try {
      const draft = await Draft.make(claim, io);
      try {
        const missing = await extractArchive(backup, draft.files, io);
        missing.push(...(await mergeInto(draft.files, folder, io)));
        isOver = true;
        return missing;
      } finally {
        await draft.remove();
      }
    } finally {
      // It was empty: all of it is from this restore. The claim goes last.
      if (!isOver && !isFilled) await removeAllBut(CLAIM, folder);
      const { atime, mtime } = await stat(folder.at());
      await claim.close();
      await rmdir(folder.at(CLAIM)).catch(() => undefined);
      await utimes(folder.at(), atime, mtime).catch(() => undefined);
      await syncFolder(folder.at());
    }
  } finally {
    await folder.close();
  }
}

async function removeAllBut(kept: string, folder: PinnedFolder): Promise<void> {
  for (const name of await folder.names()) {
    if (name.toString() !== kept) await removeFolder(folder.at(name));
  }
}

async function mergeInto(files: PinnedFolder, folder: PinnedFolder, io: JobIo): Promise<string[]> {
  const attributes = await readAttributes(files, io);
  await chmod(files.at(), 0o700);
  const missing = await mergeFolders(files, folder, io);
  await writeAttributes(attributes, folder, io);
  return missing;
}

const FILES = "files";

/** A folder into which a restore unpacks, open, and reachable by nobody else. */
class Draft {
  private constructor(
    private readonly parent: PinnedFolder,
    private readonly name: string,
    readonly folder: PinnedFolder,
    readonly files: PinnedFolder,
  ) {}

  static async make(parent: PinnedFolder, io: JobIo): Promise<Draft> {
    const name = basename(await restoreDraft(await parent.real(), "", io));
    await parent.make(name);
    const folder = await parent.enter(name);
    const { uid, mode } = await stat(folder.at());
    // Another one in its place: who put it there could reach into it.
    if (uid !== process.geteuid?.() || (mode & 0o077) !== 0) {
      await folder.close();
      throw new RunError(`${join(parent.shown, name)} was replaced while the restore began. Nothing was written.`);
    }
    await folder.make(FILES);
    return new Draft(parent, name, folder, await folder.enter(FILES));
  }

  async remove(): Promise<void> {
    await removeFolder(this.folder.at(FILES));
    await this.files.close();
    await this.folder.close();
    await rmdir(this.parent.at(this.name)).catch(() => undefined);
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

async function canBeReplaced(folder: string, { parent }: OpenTarget): Promise<boolean> {
  if (await isMountPoint(folder)) return false;
  return await access(parent.at(), constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}
