import { createInterface } from "node:readline";
import type { ArchiveEntry } from "@/lib/core/archive-entry";
import type { JobIo } from "../contract";
import { borgError, READING, startBorg } from "./borg-run";
import type { OpenRepository } from "./contract";
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
  const listing = new FolderListing(folder);
  for await (const entry of borgItems(repository, archive, folder === "" ? [] : [`pp:${folder}`], io))
    listing.add(entry);
  return listing.entries();
}

/** One name of an archive; null: it is not in it. */
export async function borgEntry(
  repository: OpenRepository,
  archive: string,
  path: string,
  io: JobIo,
): Promise<ArchiveEntry | null> {
  let found: ArchiveEntry | null = null;
  for await (const entry of borgItems(repository, archive, [`pf:${path}`], io)) found ??= entry;
  return found;
}

async function* borgItems(
  repository: OpenRepository,
  archive: string,
  rest: string[],
  io: JobIo,
): AsyncGenerator<ArchiveEntry> {
  const command = { command: ["list"], options: [...READING, "--json-lines"], archive, rest };
  const { stdout, ended, messages } = await startBorg(repository, command, io);
  // A reader that stops never asks how it ended.
  ended.catch(() => undefined);
  for await (const line of createInterface({ input: stdout, crlfDelay: Number.POSITIVE_INFINITY })) {
    const { path, type, size, mtime } = JSON.parse(line) as BorgItem;
    yield { path, type: TYPES[type] ?? "other", bytes: size, modifiedAt: Date.parse(`${mtime}Z`) };
  }
  const { code } = await ended;
  if (code > 1) throw await borgError(repository, messages, code);
}
