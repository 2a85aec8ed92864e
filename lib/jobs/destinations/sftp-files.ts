import { posix } from "node:path";
import type { FileEntryWithStats, Stats } from "ssh2";
import type { StorageFigures } from "@/lib/core/storage";
import type { SftpConnection } from "./sftp-connection";
import { SFTP_STATUS, sftpStatus } from "./sftp-error";

const FOLDER_MODE = 0o700;

/** What `statvfs@openssh.com` answers, as far as it is used: blocks that an ordinary user may still fill. */
interface FileSystemFigures {
  f_frsize: number;
  f_bavail: number;
  f_blocks: number;
  f_bfree: number;
}

/** Makes a folder below the destination's own, which must exist. @throws the server's answer */
export async function makeFolders(connection: SftpConnection, folder: string): Promise<void> {
  if (await isFolder(connection, folder)) return;
  await connection
    .call<void>((sftp, done) => sftp.mkdir(folder, { mode: FOLDER_MODE }, done))
    .catch(async (error) => {
      if (!(await isFolder(connection, folder))) throw error;
    });
}

/** The same with all folders above it. */
export async function makeFolderPath(connection: SftpConnection, folder: string): Promise<void> {
  if (await isFolder(connection, folder)) return;
  const parent = posix.dirname(folder);
  if (parent !== folder && parent !== ".") await makeFolderPath(connection, parent);
  await makeFolders(connection, folder);
}

/** Whether it is there, and a folder. @throws the server's answer */
export async function isFolder(connection: SftpConnection, path: string): Promise<boolean> {
  const found = await connection.call<Stats>((sftp, done) => sftp.stat(path, done)).catch(unlessMissing);
  return found?.isDirectory() ?? false;
}

/** @returns false when there was none */
export async function removeFile(connection: SftpConnection, path: string): Promise<boolean> {
  return await connection
    .call<void>((sftp, done) => sftp.unlink(path, done))
    .then(() => true)
    .catch((error: unknown) => unlessMissing(error) ?? false);
}

/** The files of a folder, links and folders left out; none where there is no such folder. */
export async function filesIn(connection: SftpConnection, folder: string): Promise<{ name: string; bytes: number }[]> {
  const found = await connection
    .call<FileEntryWithStats[]>((sftp, done) => sftp.readdir(folder, done))
    .catch(unlessMissing);
  return (found ?? [])
    .filter(({ attrs }) => attrs.isFile())
    .map(({ filename, attrs }) => ({ name: filename, bytes: attrs.size }));
}

/** Free bytes of the file system that a folder is on; null: the server does not say. @throws the server's answer */
export async function freeBytesAt(connection: SftpConnection, folder: string): Promise<number | null> {
  return (await figuresAt(connection, folder))?.freeBytes ?? null;
}

/** How full that file system is; null: the server does not say. @throws the server's answer */
export async function figuresAt(connection: SftpConnection, folder: string): Promise<StorageFigures | null> {
  const figures = await statvfs(connection, folder);
  if (!figures) return null;
  const { f_frsize: size, f_blocks: blocks, f_bfree: free, f_bavail: available } = figures;
  return { usedBytes: (blocks - free) * size, freeBytes: available * size };
}

async function statvfs(connection: SftpConnection, folder: string): Promise<FileSystemFigures | null> {
  try {
    return await connection.call<FileSystemFigures>((sftp, done) => sftp.ext_openssh_statvfs(folder, done));
  } catch (error) {
    const isUnknown = error instanceof Error && error.message.includes("does not support this extended request");
    if (isUnknown || sftpStatus(error) === SFTP_STATUS.OP_UNSUPPORTED) return null;
    throw error;
  }
}

function unlessMissing(error: unknown): null {
  if (sftpStatus(error) === SFTP_STATUS.NO_SUCH_FILE) return null;
  throw error;
}
