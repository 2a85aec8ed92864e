import { createInterface } from "node:readline";
import type { JobIo } from "../contract";
import { borgError, startBorg } from "./borg-run";
import type { ArchiveEntry, OpenRepository } from "./contract";
import { FolderListing } from "./folder-listing";

interface BorgItem {
  type: string;
  path: string;
  size: number;
  mtime: string;
}

const TYPES: Readonly<Record<string, ArchiveEntry["type"]>> = { d: "folder", "-": "file", h: "file", l: "link" };

/** borg lists everything below a folder; what lies deeper is left out here. */
export async function borgEntries(
  repository: OpenRepository,
  archive: string,
  folder: string,
  io: JobIo,
): Promise<ArchiveEntry[]> {
  const rest = folder === "" ? [] : [`pp:${folder}`];
  const command = { command: ["list"], options: ["--json-lines"], archive, rest };
  const { stdout, ended, messages } = await startBorg(repository, command, io);
  const listing = new FolderListing(folder);
  for await (const line of createInterface({ input: stdout, crlfDelay: Number.POSITIVE_INFINITY })) {
    const { path, type, size, mtime } = JSON.parse(line) as BorgItem;
    listing.add({ path, type: TYPES[type] ?? "other", bytes: size, modifiedAt: Date.parse(`${mtime}Z`) });
  }
  const { code } = await ended;
  if (code > 1) throw await borgError(repository, messages, code);
  return listing.entries();
}
