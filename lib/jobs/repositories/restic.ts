import { createInterface } from "node:readline";
import type { ArchiveEntry } from "@/lib/core/archive-entry";
import type { JobIo } from "../contract";
import { RunError } from "../run-error";
import type { Archive, OpenRepository, RepositoryProgram } from "./contract";
import { FolderListing } from "./folder-listing";
import { resticBackUp } from "./restic-backup";
import { holdRestic } from "./restic-hold";
import { resticLockHolders } from "./restic-locks";
import { resticError, resticStream, runRestic, startRestic } from "./restic-run";
import { OURS, resticTag } from "./restic-tags";
import { pruneOptions } from "./retention-options";

interface Snapshot {
  id: string;
  time: string;
  tags?: string[] | null;
}
interface Node {
  struct_type: string;
  type: string;
  path: string;
  size?: number;
  mtime: string;
}
interface ForgetGroup {
  keep: unknown[] | null;
  remove: unknown[] | null;
}

const TYPES: Readonly<Record<string, ArchiveEntry["type"]>> = { dir: "folder", file: "file", symlink: "link" };
const ENCRYPTION = "AES-256";
const CHECK_ADVICE =
  "Do not prune it now. Check the disk that it is on, and copy the repository before anything repairs it.";
const NAMED_ERRORS = 5;

/** restic 0.14, as Debian 12 has it. */
export const restic: RepositoryProgram = {
  kind: "restic",
  label: "restic",
  packages: { restic: "restic", ssh: "openssh-client", "ssh-keyscan": "openssh-client" },

  files: { first: ["data", "index"], settled: ["index", "snapshots"], skips: (path) => path.startsWith("locks/") },
  hold: holdRestic,

  async create(repository, _, io) {
    await runRestic(repository, { args: ["init"] }, io);
    return ENCRYPTION;
  },

  async open(repository, io) {
    await runRestic(repository, { args: ["cat", "config", "--no-lock"] }, io);
    return ENCRYPTION;
  },

  async figures(repository, io) {
    const archives = await restic.archives(repository, io);
    const stats = async (mode: string) => {
      const { stdout } = await runRestic(repository, { args: ["stats", "--json", "--mode", mode, "--no-lock"] }, io);
      return (JSON.parse(stdout) as { total_size: number }).total_size;
    };
    return {
      archives: archives.length,
      originalBytes: await stats("restore-size"),
      compressedBytes: null,
      deduplicatedBytes: await stats("raw-data"),
    };
  },

  async archives(repository, io) {
    const { stdout } = await runRestic(repository, { args: ["snapshots", "--json", "--no-lock"] }, io);
    const found = (JSON.parse(stdout) as Snapshot[] | null) ?? [];
    return found.map(asArchive).sort((one, other) => other.createdAt - one.createdAt);
  },

  async sizes(repository, { archives, from, to }, measured, io) {
    for (const archive of archives.slice(from, to)) {
      const args = ["stats", "--json", "--mode", "restore-size", "--no-lock", archive.id];
      const { stdout } = await runRestic(repository, { args }, io);
      const { total_size, total_file_count } = JSON.parse(stdout) as { total_size: number; total_file_count?: number };
      measured(archive, { originalBytes: total_size, files: total_file_count ?? null });
    }
  },

  async entry(repository, archive, path, io) {
    let found: ArchiveEntry | null = null;
    for await (const node of resticNodes(repository, archive, path, io))
      if (node.path === `/${path}`) found ??= { ...node, path };
    return found;
  },

  async entries(repository, archive, folder, io) {
    const listing = new FolderListing(folder);
    for await (const node of resticNodes(repository, archive, folder, io)) listing.add(node);
    return listing.entries();
  },

  exportTar(repository, archive, path, io) {
    const args = ["dump", "--archive", "tar", "--no-lock", snapshotArgument(archive), `/${path ?? ""}`];
    return resticStream(repository, { args }, io);
  },

  readFile(repository, archive, path, io) {
    return resticStream(repository, { args: ["dump", "--no-lock", snapshotArgument(archive), `/${path}`] }, io);
  },

  backUp: resticBackUp,

  async check(repository, io) {
    await unlockStale(repository, io);
    // Without --read-data a changed byte within a pack is not found.
    const { code, lines } = await runRestic(repository, { args: ["check", "--read-data"] }, io, [0, 1]);
    if (code === 0) return;
    const error = resticError(repository, lines, code);
    if (error.kind === "cannot_start") throw error;
    const named = lines.filter((line) => !line.startsWith("using temporary cache"));
    const more = named.length > NAMED_ERRORS ? `\n… and more, in the log.` : "";
    throw new RunError(
      `${repository.name} is damaged. restic check found:\n${named.slice(0, NAMED_ERRORS).join("\n")}${more}`,
      { advice: CHECK_ADVICE },
    );
  },

  async compact(repository, io) {
    await unlockStale(repository, io);
    const { stdout } = await runRestic(repository, { args: ["prune"] }, io);
    for (const line of stdout.split("\n").filter(Boolean)) io.log(line);
    return null;
  },

  async prune(repository, retention, series, io) {
    await unlockStale(repository, io);
    const tag = series === null ? OURS : resticTag(series);
    const args = ["forget", "--json", "--tag", tag, "--group-by", "tags", ...pruneOptions(retention)];
    const { stdout } = await runRestic(repository, { args }, io);
    const groups = stdout.trim() ? ((JSON.parse(stdout) as ForgetGroup[] | null) ?? []) : [];
    const count = (of: (group: ForgetGroup) => unknown[] | null) =>
      groups.reduce((sum, group) => sum + (of(group)?.length ?? 0), 0);
    const [removed, kept] = [count((group) => group.remove), count((group) => group.keep)];
    return { removed, kept, others: (await restic.archives(repository, io)).length - kept };
  },

  async remove(repository, archive, io) {
    if (!(await restic.archives(repository, io)).some(({ name }) => name === archive)) return false;
    await unlockStale(repository, io);
    await runRestic(repository, { args: ["forget", snapshotArgument(archive)] }, io);
    return true;
  },

  lockHolders: resticLockHolders,

  async breakLock(repository, io) {
    await runRestic(repository, { args: ["unlock", "--remove-all"] }, io);
  },

  exportKey: async () => null,
};

async function* resticNodes(
  repository: OpenRepository,
  archive: string,
  path: string,
  io: JobIo,
): AsyncGenerator<ArchiveEntry> {
  const args = ["ls", "--json", "--no-lock", snapshotArgument(archive), `/${path}`];
  const { stdout, ended, lines } = await startRestic(repository, { args }, io);
  // A reader that stops never asks how it ended.
  ended.catch(() => undefined);
  for await (const line of createInterface({ input: stdout, crlfDelay: Number.POSITIVE_INFINITY })) {
    const node = JSON.parse(line) as Node;
    if (node.struct_type !== "node") continue;
    const type = TYPES[node.type] ?? "other";
    yield { path: node.path, type, bytes: node.size ?? 0, modifiedAt: Date.parse(node.mtime) };
  }
  const { code } = await ended;
  if (code !== 0) throw resticError(repository, lines, code);
}

/** Removes locks of processes that are gone, and no others. */
async function unlockStale(repository: OpenRepository, io: JobIo): Promise<void> {
  await runRestic(repository, { args: ["unlock"] }, io);
}

function asArchive({ id, time, tags }: Snapshot): Archive {
  return { name: id, id, createdAt: Date.parse(time), tags: tags ?? [] };
}

/** @throws RunError for what is no id: restic would read `latest` and options */
function snapshotArgument(id: string): string {
  if (!/^[0-9a-f]{8,64}$/.test(id)) throw new RunError("There is no such archive: it was removed.");
  return id;
}
