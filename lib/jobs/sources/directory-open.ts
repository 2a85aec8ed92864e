import { opendir, stat } from "node:fs/promises";
import type { JobIo } from "../contract";
import { PinnedFolder } from "../files/pinned-folder";
import { OUT_OF_REACH_ADVICE, ownPlacesWithin, requirePlace } from "../places/require-place";
import { appearancesWithin } from "../real-paths";
import { fileError, startError } from "../run-error";
import { untilAborted } from "../until-aborted";

/** A folder that is about to be backed up. */
interface OpenDirectory {
  root: PinnedFolder;
  /** Its path without links. */
  path: string;
  /** Paths below it that are in no backup, whatever the patterns say. */
  folders: Buffer[];
  close(): void;
}

/**
 * Opens the source, so that what is read is what was checked, whatever its path leads to later.
 * @param avoid absolute folders in which backups are stored @throws RunError of kind `cannot_start`
 */
export async function openDirectory(path: string, avoid: string[], io: JobIo): Promise<OpenDirectory> {
  await requireFolder(path, io);
  const root = await untilAborted(
    io.signal,
    () => PinnedFolder.open(path),
    (late) => late.close(),
  );
  const close = () => void root.close().catch(() => undefined);
  try {
    const real = await root.real();
    await requirePlace("read", real);
    return { root, path: real, folders: await leftFolders(real, avoid, io), close };
  } catch (error) {
    close();
    throw fileError(error, `The directory ${path}`, "cannot_start");
  }
}

/** @param path without links */
async function leftFolders(path: string, avoid: string[], io: JobIo): Promise<Buffer[]> {
  const inside = await foldersToAvoid(path, avoid, io);
  for (const folder of inside) io.log(`Leaving out ${folder}: backups are stored there`);
  const own = await untilAborted(io.signal, () => appearancesWithin(path, io.workDir));
  const folders = [...inside, ...own.filter(Boolean)].map((folder) => Buffer.from(folder));
  return [...folders, ...(await leaveOutOwn(path, io))];
}

/** @throws RunError of kind `cannot_start` where it is no folder that can be read */
export async function requireFolder(path: string, io: JobIo): Promise<void> {
  await untilAborted(io.signal, async () => {
    try {
      if (!(await stat(path)).isDirectory()) throw startError(`${path} is not a directory.`);
      const opened = await opendir(path);
      await opened.close();
      // Listing a folder is one right, reaching what is in it another.
      await stat(`${path}/.`);
    } catch (error) {
      throw fileError(error, `The directory ${path}`, "cannot_start");
    }
  });
}

/**
 * Where the folders of destinations can be seen within the source, through links and mounts.
 * @throws RunError when the source is one of them
 */
async function foldersToAvoid(path: string, avoid: string[], io: JobIo): Promise<string[]> {
  const found = new Set<string>();
  for (const folder of avoid) {
    const places = await untilAborted(io.signal, () => appearancesWithin(path, folder)).catch((error: unknown) => {
      throw fileError(error, folder, "cannot_start");
    });
    if (places.includes("")) {
      throw startError(`The backups of ${path} would be stored in the same directory.`, "Choose another destination.");
    }
    for (const place of places) found.add(place);
  }
  return [...found];
}

/**
 * What of Belfry's own and of the system's lies within the source: it is in no backup, and the log says so.
 * @returns paths below the source
 */
async function leaveOutOwn(path: string, io: JobIo): Promise<Buffer[]> {
  const found = await untilAborted(io.signal, () => ownPlacesWithin(path, io.signal));
  for (const own of found) {
    if (own.path.length === 0) throw startError(`${path} cannot be backed up: it is ${own.what}.`, OUT_OF_REACH_ADVICE);
    io.log(`Leaving out ${own.path.toString()}: it is ${own.what}`);
  }
  return found.map((own) => own.path);
}
