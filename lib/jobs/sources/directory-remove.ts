import { chmod, lstat, rm } from "node:fs/promises";
import { systemCode } from "../run-error";
import { walk } from "./directory-walk";

/**
 * Removes what a restore made, a folder with everything in it. For an ordinary user the folders that came back without
 * the right to write are opened first. @throws the system's error
 */
export async function removeFolder(path: string | Buffer): Promise<void> {
  const remove = () => rm(path, { recursive: true, force: true });
  try {
    await remove();
  } catch (error) {
    if (!["EACCES", "EPERM", "ENOTEMPTY"].includes(systemCode(error))) throw error;
    await openFolders(path);
    await remove();
  }
}

async function openFolders(path: string | Buffer): Promise<void> {
  if (!(await lstat(path)).isDirectory()) return;
  await chmod(path, 0o700);
  const { signal } = new AbortController();
  for await (const batch of walk(path, { signal, enters: () => true, onUnreadable: () => undefined })) {
    for (const entry of batch) {
      if (entry.kind !== "directory") continue;
      await chmod(Buffer.concat([Buffer.from(path), Buffer.from("/"), entry.path]), 0o700).catch(() => undefined);
    }
  }
}
