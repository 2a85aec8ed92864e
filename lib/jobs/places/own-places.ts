import { lstat, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { peekRuntimeValue } from "@/lib/core/runtime";
import { type Mount, otherPaths, readMountTable, realPath } from "../real-paths";

/** What a path is used for: `read` by a source, `store` by a destination, `restore` by a restore, `write` by the command. */
export type PlaceUse = "read" | "store" | "restore" | "write";

declare module "@/lib/core/runtime" {
  interface RuntimeValues {
    /** The folder of the program; none where only a part of it runs. */
    programFolder: string;
    /** Files that variables name and that nobody may read or write through Belfry: the list of commands, values in files. */
    ownFiles: readonly OwnFile[];
    /** `BELFRY_RESTORE_ROOTS`. */
    restoreRoots: readonly string[];
    /** `BELFRY_BORGMATIC_CONFIGS`: files, and folders of files, that jobs may hand to borgmatic. */
    borgmaticConfigs: readonly string[];
  }
}

/** A file of Belfry's outside of its folders. */
export interface OwnFile {
  path: string;
  /** What it is, in a sentence after "It is": `the list of commands that BELFRY_COMMANDS_FILE names`. */
  what: string;
}

/** One place of Belfry's own, or of the system. */
export interface OwnPlace {
  /** Real, without links. */
  path: string;
  /** `device:inode`; null: it does not exist. */
  id: string | null;
  /** In a sentence after "It is" or "It lies in". */
  what: string;
}

/** A folder within Belfry's own that one use may reach all the same. */
export interface OpenPlace {
  path: string;
  id: string | null;
}

/** Everything that is out of reach, as it is at this moment. */
export interface OwnPlaces {
  places: OwnPlace[];
  /** What may be read and nothing else: it decides what Belfry starts. */
  readOnly: OwnPlace[];
  /** `device:inode` of single files of Belfry's own: a hard link to one is that file. */
  files: ReadonlyMap<string, string>;
  /** Whether one of these files has another name somewhere. */
  hasHardLinks: boolean;
  open: Record<PlaceUse, OpenPlace[]>;
  mounts: Mount[];
}

/** Folders of the data folder that are made for people's files, and by what they may be reached. */
const OPEN_FOLDERS: Record<PlaceUse, readonly string[]> = {
  read: ["demo"],
  store: ["backups", "demo"],
  restore: ["restores"],
  write: ["restores"],
};

const SYSTEM_FOLDERS = ["/proc", "/sys", "/dev"];
/** File systems that show the system itself, wherever they are mounted. */
const SYSTEM_TYPES = new Set([
  "binfmt_misc",
  "bpf",
  "cgroup",
  "cgroup2",
  "configfs",
  "debugfs",
  "devpts",
  "devtmpfs",
  "efivarfs",
  "fusectl",
  "mqueue",
  "nsfs",
  "proc",
  "pstore",
  "rpc_pipefs",
  "securityfs",
  "selinuxfs",
  "sysfs",
  "tracefs",
]);

const DATA = "Belfry's own data folder";
const PROGRAM = "the folder of Belfry's program";
const CONFIGS = "a folder of configurations of borgmatic, which decide what Belfry starts";
const SYSTEM = "a folder of the system itself, not of files";

/** Reads what is out of reach. Cheap: it looks only at Belfry's own files and at the table of mounts. */
export async function readOwnPlaces(): Promise<OwnPlaces> {
  const mounts = await readMountTable();
  const dataDir = peekRuntimeValue("dataDir");
  const programFolder = peekRuntimeValue("programFolder");
  const database = peekRuntimeValue("database");
  // The first that fits is named: the data folder may lie in that of the program.
  const named: OwnFile[] = [
    ...(dataDir ? [{ path: dataDir, what: DATA }] : []),
    ...SYSTEM_FOLDERS.map((path) => ({ path, what: SYSTEM })),
    ...mounts.filter(({ type }) => SYSTEM_TYPES.has(type)).map(({ point }) => ({ path: point, what: SYSTEM })),
    ...(programFolder ? [{ path: programFolder, what: PROGRAM }] : []),
    ...(peekRuntimeValue("ownFiles") ?? []),
    ...databaseFiles(database?.kind === "sqlite" ? database.file : null).map((path) => ({
      path,
      what: "Belfry's own database",
    })),
  ];
  const places = (await Promise.all(named.map(ownPlace))).flat();
  const configs = (peekRuntimeValue("borgmaticConfigs") ?? []).map((path) => ({ path, what: CONFIGS }));
  const readOnly = (await Promise.all(configs.map(ownPlace))).flat();
  const { files, hasHardLinks } = await ownFileIds(dataDir ?? null, named);
  return {
    places: places.concat(places.flatMap((place) => elsewhere(place, mounts))),
    readOnly: readOnly.concat(readOnly.flatMap((place) => elsewhere(place, mounts))),
    files,
    hasHardLinks,
    open: await openPlaces(dataDir ?? null),
    mounts,
  };
}

async function ownPlace({ path, what }: OwnFile): Promise<OwnPlace[]> {
  const real = what === SYSTEM ? path : await realPath(path).catch(() => path);
  return [{ path: real, id: what === SYSTEM ? null : await identityOf(real), what }];
}

/** The same place under its other names: through bind mounts. */
function elsewhere({ path, id, what }: OwnPlace, mounts: Mount[]): OwnPlace[] {
  if (what === SYSTEM) return [];
  return otherPaths(path, mounts)
    .filter((other) => other !== path)
    .map((other) => ({ path: other, id, what }));
}

async function ownFileIds(
  dataDir: string | null,
  named: OwnFile[],
): Promise<{ files: Map<string, string>; hasHardLinks: boolean }> {
  const inData = dataDir ? await readdir(dataDir).catch((): string[] => []) : [];
  const candidates = [...named, ...inData.map((name) => ({ path: join(dataDir ?? "", name), what: DATA }))];
  const files = new Map<string, string>();
  let hasHardLinks = false;
  for (const { path, what } of candidates) {
    const found = await stat(path, { bigint: true }).catch(() => null);
    if (!found?.isFile()) continue;
    files.set(`${found.dev}:${found.ino}`, what);
    if (found.nlink > 1n) hasHardLinks = true;
  }
  return { files, hasHardLinks };
}

async function openPlaces(dataDir: string | null): Promise<OwnPlaces["open"]> {
  const placesFor = async (use: PlaceUse): Promise<OpenPlace[]> => {
    if (!dataDir) return [];
    const data = await realPath(dataDir).catch(() => dataDir);
    return await Promise.all(
      OPEN_FOLDERS[use].map(async (name) => {
        const path = join(data, name);
        // A link in its place opens nothing.
        const found = await lstat(path, { bigint: true }).catch(() => null);
        return { path, id: found?.isDirectory() ? `${found.dev}:${found.ino}` : null };
      }),
    );
  };
  const [read, store, restore, write] = await Promise.all(
    (["read", "store", "restore", "write"] as const).map(placesFor),
  );
  return { read: read ?? [], store: store ?? [], restore: restore ?? [], write: write ?? [] };
}

function databaseFiles(file: string | null): string[] {
  return file ? ["", "-wal", "-shm", "-journal"].map((ending) => file + ending) : [];
}

/** `device:inode` of what is at a path, links followed; null: nothing can be seen there. */
export async function identityOf(path: string): Promise<string | null> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found && `${found.dev}:${found.ino}`;
}
