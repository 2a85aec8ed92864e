import { rmdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import type { PathTarget } from "./contract";
import { PinnedFolder } from "./files/pinned-folder";
import { isWithin } from "./real-paths";
import { RunError, systemCode } from "./run-error";

/** The open folder into which a restore writes. */
export interface OpenTarget {
  parent: PinnedFolder;
  /** What the restore is called in it. */
  name: string;
  /** Both as a path, for sentences. */
  path: string;
  /** Removes the folders that were made on the way, as far as they are empty. */
  removeMade(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the folder around a restore's target, making what is missing. From its root on no link is followed, and once it is
 * open it is checked again: what is written by it lands there and nowhere else.
 * @param path without links, as it was checked: it is not looked up again
 * @throws RunError when a link is in the way or the place is out of reach by now; the system's error
 */
export async function openTarget(path: string, { place }: Pick<PathTarget, "place">): Promise<OpenTarget> {
  const folder = dirname(path);
  const root = place?.root ?? (await existingFolder(folder));
  const open: PinnedFolder[] = [];
  const made: { parent: PinnedFolder; name: string }[] = [];
  const close = async () => {
    for (const one of open) await one.close();
  };
  const removeMade = async () => {
    for (const { parent, name } of made.reverse()) await rmdir(parent.at(name)).catch(() => undefined);
  };
  try {
    if (!isWithin(root, folder)) throw movedError(folder);
    let parent = await PinnedFolder.open(root);
    open.push(parent);
    if ((await parent.real()) !== root) throw movedError(root);
    for (const name of relative(root, folder).split(sep).filter(Boolean)) {
      if (await parent.make(name)) made.push({ parent, name });
      parent = await parent.enter(name).catch((error: unknown) => {
        if (systemCode(error) !== "ELOOP") throw error;
        throw new RunError(`${path} leads over a link, ${join(parent.shown, name)}: a restore follows none.`, {
          advice: "Restore to another path, or remove the link.",
          cause: error,
        });
      });
      open.push(parent);
    }
    const real = await parent.real();
    if (real !== folder) throw movedError(folder);
    await place?.check(join(real, basename(path)));
    return { parent, name: basename(path), path, removeMade, close };
  } catch (error) {
    await removeMade();
    await close();
    throw error;
  }
}

function movedError(folder: string): RunError {
  return new RunError(`${folder} was replaced while the restore began. Nothing was written.`, {
    advice: "Find out what moves folders there, then restore again.",
  });
}

/** The innermost folder of a path that exists. */
async function existingFolder(path: string): Promise<string> {
  for (let folder = path; dirname(folder) !== folder; folder = dirname(folder)) {
    const isThere = await stat(folder).then(
      () => true,
      () => false,
    );
    if (isThere) return folder;
  }
  return sep;
}
