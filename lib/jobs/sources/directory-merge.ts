import type { Stats } from "node:fs";
import { chmod, lstat, rename, rmdir, unlink } from "node:fs/promises";
import { Readable } from "node:stream";
import { pluralize } from "@/lib/core/format-units";
import { newId } from "@/lib/core/id";
import type { JobIo } from "../contract";
import type { FileName, PinnedFolder } from "../files/pinned-folder";
import { systemCode } from "../run-error";
import { ATTRIBUTES } from "./directory-create";
import { Tally } from "./directory-messages";
import { removeFolder } from "./directory-remove";

/** What the system answers, as tar words it. */
const REASONS: Record<string, string> = {
  EACCES: "Permission denied",
  EEXIST: "File exists",
  ELOOP: "A link is in its place",
  ENOTEMPTY: "Directory not empty",
  EPERM: "Operation not permitted",
};

/**
 * Moves everything from one open folder into another, over what has the same names. What else is there stays; a folder
 * that has anything in it gives way to no file. Only open folders are worked on, so that no link is followed, whatever is
 * moved or replaced meanwhile.
 * @param from a draft of one's own
 * @returns what could not be moved, a sentence each
 * @throws the signal's reason; the system's error when the disk is full or broken
 */
export async function mergeFolders(from: PinnedFolder, into: PinnedFolder, io: JobIo): Promise<string[]> {
  const merge = new Merge(io);
  await merge.folder(from, into, "");
  const { failed } = merge;
  if (failed.count === 0) return [];
  const what = pluralize(failed.count, "file or folder", "files or folders");
  return [`${what} could not be restored: ${failed.names()}${failed.why()}.`];
}

class Merge {
  readonly failed = new Tally();

  constructor(private readonly io: JobIo) {}

  async folder(from: PinnedFolder, into: PinnedFolder, prefix: string): Promise<void> {
    const names = await from.names();
    for (const name of names) {
      this.io.signal.throwIfAborted();
      const shown = prefix + name.toString();
      try {
        await this.entry(from, into, name, shown);
      } catch (error) {
        if (["ENOSPC", "EDQUOT", "EIO", "EROFS"].includes(systemCode(error)) || !systemCode(error)) throw error;
        this.failed.add(shown, REASONS[systemCode(error)] ?? systemCode(error));
      }
    }
  }

  private async entry(from: PinnedFolder, into: PinnedFolder, name: Buffer, shown: string): Promise<void> {
    const [source, found] = [await lstat(from.at(name)), await lstatIfExists(into.at(name))];
    if (source.isDirectory() && found?.isDirectory()) return await this.inner(from, into, name, source, shown);
    if (found?.isDirectory()) await rmdir(into.at(name));
    else if (found && source.isDirectory()) await unlink(into.at(name));
    await moveInto(from, into, name, source, this.io);
  }

  private async inner(from: PinnedFolder, into: PinnedFolder, name: Buffer, source: Stats, shown: string) {
    const inner = await from.enter(name);
    let outer: PinnedFolder | null = null;
    try {
      outer = await into.enter(name);
      const attributes = await readAttributes(inner, this.io);
      // What came back without the right to write would keep its files from being moved.
      if ((source.mode & 0o700) !== 0o700) await chmod(inner.at(), (source.mode & 0o7777) | 0o700);
      await this.folder(inner, outer, `${shown}/`);
      await writeAttributes(attributes, outer, this.io);
    } finally {
      await inner.close();
      await outer?.close();
    }
  }
}

/** Gives a file or folder the same name in another folder; what has it there, and is no folder, is replaced. */
async function moveInto(from: PinnedFolder, into: PinnedFolder, name: FileName, source: Stats, io: JobIo) {
  // An ordinary user may not move a folder that is not writable.
  const isLocked = source.isDirectory() && (source.mode & 0o200) === 0;
  if (isLocked) await chmod(from.at(name), (source.mode & 0o7777) | 0o200);
  try {
    await rename(from.at(name), into.at(name));
  } catch (error) {
    if (systemCode(error) !== "EXDEV") throw error;
    await copyInto(from, into, name, io);
  }
  if (isLocked) await chmod(into.at(name), source.mode & 0o7777);
}

/** The same where another file system is mounted in the folder. */
async function copyInto(from: PinnedFolder, into: PinnedFolder, name: FileName, io: JobIo): Promise<void> {
  // Names may be no text, and what is passed to a program must be.
  const [moved, copy] = [newId("moved"), `.${newId("restore")}`];
  await rename(from.at(name), from.at(moved));
  try {
    const args = [
      "--archive",
      "--no-target-directory",
      "--",
      `${from.inTool(0)}/${moved}`,
      `${into.inTool(1)}/${copy}`,
    ];
    const { code, stderr } = await io.tools.run("cp", args, { folders: [from.fd, into.fd], silenceMs: null });
    if (code !== 0) throw Object.assign(new Error(stderr), { code: /No space left/.test(stderr) ? "ENOSPC" : "EXDEV" });
    await rename(into.at(copy), into.at(name));
    await removeFolder(from.at(moved));
  } catch (error) {
    await removeFolder(into.at(copy)).catch(() => undefined);
    throw error;
  }
}

/**
 * What a folder carries beside its files, to the nanosecond: an archive of nothing but itself. To be read before its files
 * are moved, which changes its time.
 */
export async function readAttributes(folder: PinnedFolder, io: JobIo): Promise<Buffer> {
  const args = ["--create", "--format=posix", "--no-recursion", "--file=-", ...ATTRIBUTES];
  const { stdout, ended } = io.tools.start("tar", [...args, `--directory=${folder.inTool()}`, "."], {
    folders: [folder.fd],
  });
  ended.catch(() => undefined);
  const chunks: Buffer[] = [];
  for await (const chunk of stdout as AsyncIterable<Buffer>) chunks.push(chunk);
  await ended;
  return Buffer.concat(chunks);
}

/** Gives a folder what another one carried: access lists that it has and the other had not go as well. */
export async function writeAttributes(attributes: Buffer, folder: PinnedFolder, io: JobIo): Promise<void> {
  const args = ["--extract", "--same-owner", "--same-permissions", "--file=-", "--warning=no-timestamp", ...ATTRIBUTES];
  // What an ordinary user may not give was named when the draft was unpacked.
  await io.tools.run("tar", [...args, `--directory=${folder.inTool()}`], {
    stdin: Readable.from([attributes], { objectMode: false }),
    folders: [folder.fd],
  });
}

async function lstatIfExists(path: FileName): Promise<Stats | null> {
  return await lstat(path).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return null;
    throw error;
  });
}
