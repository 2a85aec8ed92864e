import type { JobIo } from "../contract";
import { RunError } from "../run-error";
import { borgBackUp } from "./borg-backup";
import { borgEntries, borgEntry } from "./borg-entries";
import { holdBorg } from "./borg-hold";
import { borgError, borgStream, READING, runBorg } from "./borg-run";
import type { Archive, OpenRepository, RepositoryProgram } from "./contract";
import { borgLockHolders } from "./lock-holder";
import { pruneOptions } from "./retention-options";
import { seriesGlob, seriesOf } from "./series";

interface BorgList {
  archives: { name: string; id: string; start: string }[];
  encryption: { mode: string };
}
interface BorgArchiveInfo {
  archives: { id: string; stats: { original_size: number; nfiles: number } }[];
}
interface BorgInfo {
  cache: { stats: { total_size: number; total_csize: number; unique_csize: number } };
}

const CHECK_ADVICE =
  "Do not prune or compact it now. Check the disk that it is on, and copy the repository before anything mends it with borg check --repair.";
/** As many errors are named. */
const NAMED_ERRORS = 5;

/** borg 1.2, as Debian 12 has it. */
export const borg: RepositoryProgram = {
  kind: "borg",
  label: "Borg",
  packages: { borg: "borgbackup", ssh: "openssh-client", "ssh-keyscan": "openssh-client" },

  // Its index is behind the segments that it is of: borg makes it anew from them where it is older.
  files: { first: ["data"], settled: [], skips: (path) => /^lock\.(exclusive|roster)/.test(path) },
  hold: holdBorg,

  async create(repository, encryption, io) {
    const mode = encryption ?? "repokey-blake2";
    await runBorg(repository, { command: ["init"], options: ["--encryption", mode] }, io);
    return mode;
  },

  async open(repository, io) {
    return (await list(repository, io)).encryption.mode;
  },

  async figures(repository, io) {
    const { stdout } = await runBorg(repository, { command: ["info"], options: ["--json"] }, io);
    const { stats } = (JSON.parse(stdout) as BorgInfo).cache;
    const { archives } = await list(repository, io);
    return {
      archives: archives.length,
      originalBytes: stats.total_size,
      compressedBytes: stats.total_csize,
      deduplicatedBytes: stats.unique_csize,
    };
  },

  async archives(repository, io) {
    const { archives } = await list(repository, io, READING);
    return archives.map(asArchive).reverse();
  },

  async sizes(repository, { archives, from, to }, measured, io) {
    const options = ["--json", "--last", String(to)];
    const { stdout } = await runBorg(repository, { command: ["info"], options }, io);
    const found = new Map((JSON.parse(stdout) as BorgArchiveInfo).archives.map(({ id, stats }) => [id, stats]));
    for (const archive of archives.slice(from, to)) {
      const stats = found.get(archive.id);
      if (stats) measured(archive, { originalBytes: stats.original_size, files: stats.nfiles });
    }
  },

  entry: borgEntry,
  entries: borgEntries,

  async exportTar(repository, archive, path, io) {
    const rest = ["-", ...(path === null ? [] : [`pp:${path}`])];
    return await borgStream(repository, { command: ["export-tar"], options: [...READING], archive, rest }, io);
  },

  async readFile(repository, archive, path, io) {
    const options = [...READING, "--stdout"];
    return await borgStream(repository, { command: ["extract"], options, archive, rest: [`pp:${path}`] }, io);
  },

  backUp: borgBackUp,

  async check(repository, io) {
    const { code, messages } = await runBorg(repository, { command: ["check"], options: ["--progress"] }, io);
    if (code === 0) return;
    if (messages.msgid) throw await borgError(repository, messages, code);
    const { length } = messages.errors;
    const named = messages.errors.slice(0, NAMED_ERRORS).join("\n");
    const more = length > NAMED_ERRORS ? `\n… and ${length - NAMED_ERRORS} more, in the log.` : "";
    throw new RunError(`${repository.name} is damaged. borg check found:\n${named || `exit code ${code}`}${more}`, {
      advice: CHECK_ADVICE,
    });
  },

  async compact(repository, io) {
    const options = ["--progress", "--verbose"];
    const { code, messages } = await runBorg(repository, { command: ["compact"], options }, io);
    if (code !== 0) throw await borgError(repository, messages, code);
    return messages.freedBytes;
  },

  async prune(repository, retention, series, io) {
    const before = await borg.archives(repository, io);
    const found = series === null ? [...new Set(before.flatMap(({ name }) => seriesOf(name) ?? []))] : [series];
    for (const one of found) {
      const options = ["--list", ...pruneOptions(retention), "--glob-archives", seriesGlob(one)];
      const { code, messages } = await runBorg(repository, { command: ["prune"], options }, io);
      if (code !== 0) throw await borgError(repository, messages, code);
    }
    const after = await borg.archives(repository, io);
    const isOurs = ({ name }: Archive) => found.includes(seriesOf(name) ?? "");
    const [had, has] = [before.filter(isOurs).length, after.filter(isOurs).length];
    return { removed: had - has, kept: has, others: after.length - has };
  },

  async remove(repository, archive, io) {
    // borg says only in words that an archive was not there.
    if (!(await borg.archives(repository, io)).some(({ name }) => name === archive)) return false;
    const { code, messages } = await runBorg(repository, { command: ["delete"], archive }, io);
    if (code !== 0) throw await borgError(repository, messages, code);
    return true;
  },

  lockHolders: borgLockHolders,

  async breakLock(repository, io) {
    await runBorg(repository, { command: ["break-lock"] }, io);
  },

  async exportKey(repository, io) {
    if (repository.passphrase === null) return null;
    return (await runBorg(repository, { command: ["key", "export"], rest: ["-"] }, io)).stdout;
  },
};

async function list(repository: OpenRepository, io: JobIo, options: readonly string[] = []): Promise<BorgList> {
  const { stdout } = await runBorg(repository, { command: ["list"], options: ["--json", ...options] }, io);
  const found = JSON.parse(stdout) as BorgList;
  io.log(`${found.archives.length} archives`);
  return found;
}

function asArchive({ name, id, start }: BorgList["archives"][number]): Archive {
  // borg writes the time of its own zone without naming it; it runs in UTC.
  return { name, id, createdAt: Date.parse(`${start}Z`), tags: [] };
}
