import type { Stats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { JobIo } from "../contract";
import type { PinnedFolder } from "../files/pinned-folder";
import type { OpenTarget } from "../restore-target";
import { isRunError } from "../run-error";

/** Who a restored file could not be given back to, `uid 33, gid 33`; null: its owner and group can be kept. */
export function lostOwner({ uid, gid }: Pick<Stats, "uid" | "gid">): string | null {
  const own = process.geteuid?.();
  if (own === 0 || own === undefined) return null;
  const groups = new Set([process.getegid?.(), ...(process.getgroups?.() ?? [])]);
  return uid === own && groups.has(gid) ? null : `uid ${uid}, gid ${gid}`;
}

/**
 * Gives a draft the owner, group, mode and access control list of the file that it replaces.
 * @param handle the draft, open for writing
 * @param draft its name beside the file
 * @returns what could not be kept, a sentence each
 */
export async function giveAttributes(
  handle: FileHandle,
  draft: string,
  { parent, name, path: file }: Pick<OpenTarget, "parent" | "name" | "path">,
  old: Stats,
  io: JobIo,
): Promise<string[]> {
  const missing: string[] = [];
  const owned = await handle.chown(old.uid, old.gid).then(
    () => true,
    () => false,
  );
  if (!owned) {
    const now = await handle.stat();
    await handle.chown(now.uid, old.gid).catch(() => undefined);
    const { uid, gid } = await handle.stat();
    missing.push(
      `${file} belongs to uid ${uid}, gid ${gid} now, not to uid ${old.uid}, gid ${old.gid} as before: only root gives files away. As root: chown ${old.uid}:${old.gid} ${file}`,
    );
  }
  // The mode's group part is the mask of an access control list: without the list it would open the file to its group.
  if (await copyMode(parent, name, draft, io)) return missing;
  await handle.chmod(old.mode & 0o7707);
  missing.push(`${file} gives its group no access now: whether it had an access control list could not be read.`);
  return missing;
}

async function copyMode(folder: PinnedFolder, from: string, to: string, io: JobIo): Promise<boolean> {
  const [source, target] = [from, to].map((name) => `${folder.inTool()}/${name}`);
  try {
    const args = ["--attributes-only", "--preserve=mode", "--", source ?? "", target ?? ""];
    const { code } = await io.tools.run("cp", args, { folders: [folder.fd] });
    return code === 0;
  } catch (error) {
    if (isRunError(error) && error.kind === "cannot_start") return false;
    throw error;
  }
}
