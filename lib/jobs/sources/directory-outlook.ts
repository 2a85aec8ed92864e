import { lstat } from "node:fs/promises";
import { pluralize } from "@/lib/core/format-units";
import type { JobIo, RestoreOutlook, StoredBackup } from "../contract";
import { untilAborted } from "../until-aborted";
import { isRoot } from "./directory-extract";
import { type ListedEntry, listArchive } from "./directory-list";
import { Tally } from "./directory-messages";
import { placeOf } from "./directory-restore";
import { walk } from "./directory-walk";

/** Compares an archive with what is at its target. Changes nothing. @throws RunError */
export async function outlookOf(backup: StoredBackup, path: string, io: JobIo): Promise<RestoreOutlook> {
  const { folder, entries } = await placeOf(path, io);
  const found = new Comparison(entries?.length ? folder : null);
  for await (const entry of listArchive(await backup.open(), io)) {
    found.addPrivileges(entry);
    if (entries?.length) await untilAborted(io.signal, () => found.addMatch(entry));
  }
  const stays: string[] = [];
  if (entries?.length) {
    const extra = (await countOf(folder, io)) - found.matches;
    const [are, stay] = extra === 1 ? ["is", "stays"] : ["are", "stay"];
    if (extra > 0) stays.push(`${pluralize(extra, "file")} in ${path} ${are} not in the backup and ${stay}.`);
  }
  return { stays, cannot: found.cannot() };
}

/** Counts what an archive of a folder would hold beside folders. @throws RunError, or the system's error for the root */
export async function countOf(folder: string, io: JobIo): Promise<number> {
  let files = 0;
  const ways = walk(folder, {
    signal: io.signal,
    enters: () => true,
    onUnreadable(_, error) {
      throw error;
    },
  });
  for await (const batch of ways) for (const { kind } of batch) if (kind !== "directory" && kind !== "socket") files++;
  return files;
}

class Comparison {
  /** Entries beside folders that exist at the target too. */
  matches = 0;
  private readonly blocked = new Tally();
  private foreign = 0;
  private devices = 0;
  private capabilities = 0;
  private readonly uid = process.geteuid?.() ?? 0;
  private readonly groups = new Set([process.getegid?.() ?? 0, ...(process.getgroups?.() ?? [])]);

  constructor(private readonly folder: string | null) {}

  addPrivileges(entry: ListedEntry): void {
    if (isRoot()) return;
    if (entry.uid !== this.uid || !this.groups.has(entry.gid)) this.foreign++;
    if (entry.type === "b" || entry.type === "c") this.devices++;
    if (entry.hasCapability) this.capabilities++;
  }

  async addMatch({ path, type }: ListedEntry): Promise<void> {
    const found = await lstat(Buffer.concat([Buffer.from(`${this.folder}/`), path])).catch(() => null);
    if (!found) return;
    if (!found.isDirectory() && type !== "d") this.matches++;
    else if (found.isDirectory() && type !== "d") this.blocked.add(path.toString());
  }

  /** What cannot come back, a sentence each. */
  cannot(): string[] {
    const sentences: string[] = [];
    if (this.blocked.count > 0)
      sentences.push(
        `${pluralize(this.blocked.count, "file")} cannot be restored unless the folder of the same name is empty: ${this.blocked.names()}.`,
      );
    if (this.foreign > 0)
      sentences.push(`${pluralize(this.foreign, "file")} will belong to another user: only root can give files away.`);
    if (this.devices > 0)
      sentences.push(`${pluralize(this.devices, "device node")} cannot be made: only root can do that.`);
    if (this.capabilities > 0)
      sentences.push(`${pluralize(this.capabilities, "file")} will lose capabilities: only root can give them back.`);
    return sentences;
  }
}
