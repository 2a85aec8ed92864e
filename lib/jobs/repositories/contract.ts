import type { Readable } from "node:stream";
import type { ArchiveEntry } from "@/lib/core/archive-entry";
import type { RepositoryKind, Retention } from "@/lib/core/repository";
import type { JobIo, OpenFolder } from "../contract";
import type { Mounts } from "../mounts";
import type { Location } from "./location";

/** A stored repository with what opens it. */
export interface OpenRepository {
  id: string;
  name: string;
  kind: RepositoryKind;
  location: Location;
  /** In the words of its program: `repokey-blake2`. */
  encryption: string;
  /** Null: it is not encrypted. */
  passphrase: string | null;
  privateKey: string | null;
  /** Public keys of its server, one a line. */
  hostKey: string | null;
  mounts: Mounts | null;
  /** A person has just said that it is where it now is: borg asks once. */
  mayBeMoved?: boolean;
}

/** What a repository holds, bytes; null: its program does not say. */
export interface RepositoryFigures {
  archives: number;
  originalBytes: number | null;
  compressedBytes: number | null;
  deduplicatedBytes: number | null;
}

/** One archive of borg, one snapshot of restic. */
export interface Archive {
  /** By which it is asked for: a name of borg, an id of restic. */
  name: string;
  /** Hexadecimal. */
  id: string;
  /** Milliseconds. */
  createdAt: number;
  /** Only of restic: what a snapshot is of, and its tags. */
  tags: readonly string[];
}

/** What an archive holds. It never changes. */
export interface ArchiveSize {
  /** Of its files, bytes. */
  originalBytes: number;
  /** Null: its program does not say. */
  files: number | null;
}

/** A process that holds a lock of a repository. */
export interface LockHolder {
  /** By which a person knows it: `process 4711 on nas`. */
  name: string;
  host: string;
  pid: number;
}

/** A folder that is about to be backed up into a repository. */
export interface FolderBackup extends Omit<OpenFolder, "close"> {
  /** The slug of the job. */
  series: string;
  now: number;
}

/** What a backup into a repository made. */
export interface MadeArchive {
  name: string;
  id: string;
  /** Of what was read, bytes. */
  originalBytes: number;
  /** What the repository grew by, bytes. */
  addedBytes: number;
  files: number;
  /** A sentence each. */
  warnings: string[];
}

/** What a prune did. */
export interface PruneReport {
  removed: number;
  kept: number;
  /** Archives that no job made, which a prune leaves alone. */
  others: number;
}

/** How the files of a repository are copied one by one. */
export interface RepositoryFiles {
  /** Folders that are copied before the rest, in this order: what refers to them comes after them. */
  first: readonly string[];
  /** Folders of which only what was there at the beginning is copied: what comes later refers to what was not. */
  settled: readonly string[];
  /** What is no part of a copy: locks. @param path below the repository */
  skips(path: string): boolean;
}

/** What borg and restic can do, each in its own way. Every operation throws a RunError in words. */
export interface RepositoryProgram {
  kind: RepositoryKind;
  label: string;
  /** The Debian package of each tool. */
  packages: Readonly<Record<string, string>>;
  /** Makes an empty repository. @returns its encryption */
  create(repository: OpenRepository, encryption: string | null, io: JobIo): Promise<string>;
  /** Proves that it is one and that the passphrase opens it. @returns its encryption */
  open(repository: OpenRepository, io: JobIo): Promise<string>;
  figures(repository: OpenRepository, io: JobIo): Promise<RepositoryFigures>;
  /** Newest first. */
  archives(repository: OpenRepository, io: JobIo): Promise<Archive[]>;
  /**
   * Measures the archives from one position of `archives` to another one.
   * @param measured is called with each that was measured: what takes too long leaves the rest out
   */
  sizes(
    repository: OpenRepository,
    range: { archives: readonly Archive[]; from: number; to: number },
    measured: (archive: Archive, size: ArchiveSize) => void,
    io: JobIo,
  ): Promise<void>;
  /** One name of an archive; null: it is not in it. */
  entry(repository: OpenRepository, archive: string, path: string, io: JobIo): Promise<ArchiveEntry | null>;
  /** What lies directly in a folder of an archive, by name. @param folder empty: the root */
  entries(repository: OpenRepository, archive: string, folder: string, io: JobIo): Promise<ArchiveEntry[]>;
  /** The archive, or one path of it, as tar. The stream fails where it is not whole. */
  exportTar(repository: OpenRepository, archive: string, path: string | null, io: JobIo): Promise<Readable>;
  /** One file. The stream fails where it is not whole. */
  readFile(repository: OpenRepository, archive: string, path: string, io: JobIo): Promise<Readable>;
  backUp(repository: OpenRepository, backup: FolderBackup, io: JobIo): Promise<MadeArchive>;
  /** Reads everything that is needed to restore. @throws RunError that names what is damaged */
  check(repository: OpenRepository, io: JobIo): Promise<void>;
  /** Gives free space back. @returns the bytes that the program itself counted; null: it counts none */
  compact(repository: OpenRepository, io: JobIo): Promise<number | null>;
  /** Removes archives of one series, or of every series that a job made. */
  prune(repository: OpenRepository, retention: Retention, series: string | null, io: JobIo): Promise<PruneReport>;
  /** Who holds its locks, as far as that can be seen from here. */
  lockHolders(repository: OpenRepository, io: JobIo): Promise<LockHolder[]>;
  /** Removes one archive. @returns false when it was not there */
  remove(repository: OpenRepository, archive: string, io: JobIo): Promise<boolean>;
  /** Takes its locks away, no matter who holds them. */
  breakLock(repository: OpenRepository, io: JobIo): Promise<void>;
  files: RepositoryFiles;
  /**
   * Sees to it that what is copied is no repository in the middle of a write. Of one on this machine only.
   * @returns what releases it
   */
  hold(repository: OpenRepository, io: JobIo): Promise<() => Promise<void>>;
  /** Its key, to be kept in another place; null: its program keeps none that could be exported. */
  exportKey(repository: OpenRepository, io: JobIo): Promise<string | null>;
}
