import { randomBytes } from "node:crypto";
import { link, lstat, open, realpath, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { AppError, isAppError } from "@/lib/core/errors";
import { peekRuntimeValue } from "@/lib/core/runtime";
import { systemReason } from "@/lib/core/system-fault";
import { requirePlace } from "@/lib/jobs/places/require-place";
import { isRunError } from "@/lib/jobs/run-error";
import { syncFolder } from "@/lib/jobs/sync-folder";

export interface WriteOptions {
  /** Replaces an existing file. */
  overwrites: boolean;
}

/**
 * Whether a file may be written at a path, asked before anything is made.
 * @throws AppError `conflict` when something is there that may not be replaced: a file without `overwrites`, a device
 * or a folder in any case; `invalid` for what is Belfry's own; `unavailable` when its folder cannot be used
 */
export async function assertWritable(path: string, { overwrites }: WriteOptions): Promise<void> {
  const target = await realTarget(path);
  const found = await lstat(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw unwritable(path, error);
  });
  if (!found) return await assertInReach(target, path);
  if (!found.isFile())
    throw new AppError("conflict", `${path} is ${found.isDirectory() ? "a folder" : "no regular file"}. Name a file.`);
  if (!overwrites)
    throw new AppError("conflict", `${path} exists. Choose another name, or replace the file with --overwrite.`);
  await assertInReach(target, path);
}

/**
 * Nothing of Belfry's own is written over. A new file in the folder of the program, where the command is often run, harms
 * nothing.
 */
async function assertInReach(target: string, path: string): Promise<void> {
  const program = peekRuntimeValue("programFolder");
  const isNew = await lstat(target).then(
    () => false,
    () => true,
  );
  if (isNew && program !== undefined && dirname(target) === program) return;
  await requirePlace("write", target).catch((error: unknown) => {
    if (!isRunError(error)) throw unwritable(path, error);
    throw new AppError("invalid", `${error.message} ${error.advice ?? ""}`.trim(), { cause: error });
  });
}

/**
 * Writes a file for its owner alone that is complete and on disk, or not there at all: into a temporary file beside it,
 * synced, then named. What another program made there meanwhile is not replaced without `overwrites`.
 * @throws AppError `conflict` when the path is taken, `unavailable` when it cannot be written, and what a stream fails with
 */
export async function writeNewFile(path: string, content: Uint8Array | Readable, options: WriteOptions): Promise<void> {
  await assertWritable(path, options);
  const target = await realTarget(path);
  const folder = dirname(target);
  // A name of its own, not the target's with an ending: that one may be as long as a name can be.
  const part = join(folder, `.belfry-${randomBytes(8).toString("hex")}.part`);
  try {
    await writeSynced(part, content);
    if (options.overwrites) await rename(part, target);
    else await nameExclusively(part, target);
    await rm(part, { force: true });
    await syncFolder(folder);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    if (isAppError(error)) throw error;
    if ((error as NodeJS.ErrnoException).code === "EEXIST") await assertWritable(path, options);
    throw unwritable(path, error);
  }
}

/** @throws the system's error, `EEXIST` when the name is taken */
async function nameExclusively(part: string, target: string): Promise<void> {
  try {
    await link(part, target);
  } catch (error) {
    // FAT and some network file systems have no hard links: the name is reserved with an empty file.
    if (!["EPERM", "ENOTSUP", "ENOSYS"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    await (await open(target, "wx", 0o600)).close();
    await rename(part, target).catch(async (again: unknown) => {
      await rm(target, { force: true });
      throw again;
    });
  }
}

async function writeSynced(path: string, content: Uint8Array | Readable): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await writeFile(file, content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The file behind a symbolic link, so that the link stays one. */
async function realTarget(path: string): Promise<string> {
  const folder = await realpath(dirname(path)).catch((error: unknown) => {
    throw unwritable(path, error);
  });
  const direct = join(folder, basename(path));
  return realpath(direct).catch(() => direct);
}

function unwritable(path: string, error: unknown): AppError {
  return new AppError("unavailable", `${path} cannot be written: ${systemReason(error)}.`, { cause: error });
}
