import { resolve } from "node:path";
import type { Readable } from "node:stream";
import type { z } from "zod";
import type { ArchiveEntry } from "@/lib/core/archive-entry";
import type { BackupContents } from "@/lib/core/backup-contents";
import { defineKind, type Kind, type KindSpec } from "@/lib/core/kind";
import type { ReportedArchive } from "@/lib/core/reported-archive";
import type { RestoreMode } from "@/lib/core/restore-mode";
import type { StorageFigures } from "@/lib/core/storage";
import type { PinnedFolder } from "./files/pinned-folder";
import { declaredPlaces, requireDeclaredPlaces } from "./places/declared-places";
import type { RestorePlace } from "./places/restore-place";
import type { ProgressMeter } from "./progress-meter";
import type { RunWatch } from "./run-watch";
import type { PipedFile, ToolOptions, Tools } from "./tool-io";

export { field } from "@/lib/core/form-field";

/** What a destination may use for one operation. */
export interface EndpointIo {
  /** Aborts when the run, the Test or the request ends; its reason is a RunError. */
  signal: AbortSignal;
  tools: Tools;
  /** Writes one line to the run's log. */
  log(line: string): void;
  /** Notes what a run waits for, and which file it stores; only within runs. */
  watch?: RunWatch;
  /** Notes how far a run has come; only within runs. */
  progress?: ProgressMeter;
}

/** What a source may use for one run or one Test. */
export interface JobIo extends EndpointIo {
  /** A folder of this run alone, mode 0700, removed at its end. */
  workDir: string;
}

/** Makes the io of a run once its secrets are known, so that none of them reaches a log. */
export type IoFor = (secrets: string[]) => JobIo;

/** What a Test found. A problem that would fail a run is thrown as a RunError. */
export interface Finding {
  /** A sentence. */
  message: string;
  /** What a person should know beside it, a sentence each: what could not be read, how many files a pattern leaves out. */
  details?: string[];
}

/** What a source's preflight found. */
export interface SourcePreflight {
  /** Approximate bytes of the dump before compression; null: unknown. */
  estimatedBytes: number | null;
  /** Of the engine that was reached, where it has one. */
  version?: string;
}

export interface DumpEnd {
  /** What needs attention although a backup was made. */
  warnings: string[];
}

/** A dump in progress. The bytes count only once `ended` has resolved: a tool may fail after its last byte. */
export interface Dump {
  stream: Readable;
  ended: Promise<DumpEnd>;
  /** What it is made of, where that is a path: absolute, without links. */
  path?: string;
}

/** A folder that is open for a program which reads it by itself. */
export interface OpenFolder {
  root: PinnedFolder;
  /** Its path without links. */
  path: string;
  /** Paths below it that are left out. */
  left: AsyncIterable<Buffer>;
  close(): void;
}

/** A restore to the file system. */
export interface PathTarget {
  path: string;
  /** What was checked of it, to be checked again before anything is written. None: a place of Belfry's own making. */
  place?: RestorePlace;
}

/** A restore into a database of a known server, with the server's configuration. */
export interface DatabaseTarget<C = unknown> {
  config: C;
  database: string;
}

export type RestoreTarget = PathTarget | DatabaseTarget;

/** A stored backup to be restored. Each call reads it anew. */
export interface StoredBackup {
  /** What was dumped. The stream fails when the stored bytes cannot be decompressed. */
  open(): Promise<Readable>;
  /** The same as the input of a tool, past this process. Not given: only this process can read it. */
  toolInput?(): Promise<ToolInput>;
}

/** Where a tool's input comes from. */
export type ToolInput = Pick<ToolOptions, "stdin" | "piped" | "filter">;

export interface RestoreOptions {
  /** Whether what exists at the target may be overwritten. */
  mayOverwrite: boolean;
  /** One of the source's `restoreModes`. Not given: the first of them. */
  mode?: RestoreMode;
}

/** What a restore brought back. */
export interface RestoreReport {
  /** What did not come back, or is not as it was, a sentence each. Empty: everything came back. */
  missing: string[];
}

/** What is known about a restore before it starts, a sentence each. */
export interface RestoreOutlook {
  /** What stays beside the restored. */
  stays: string[];
  /** What cannot come back here: another user, another version. */
  cannot: string[];
}

/** A place that is made for one restore test. */
export interface ScratchTarget<T extends RestoreTarget> {
  target: T;
  /** Removes the place and everything in it. Removes nothing else. */
  remove(): Promise<void>;
}

/** What every source declares beside its kind. `C` is its configuration, `T` where its backups are restored to. */
interface SourceOperations<C, T extends RestoreTarget> {
  /** File name extension of its dumps, without the dot. */
  extension: string;
  /** A dump of fewer bytes is a failure, whatever the tool's exit code says. */
  minBytes: number;
  /** The Debian package of each tool, named as advice where the tool is missing. */
  packages: Readonly<Record<string, string>>;
  /** Reaches the source with the tools of a real run. @throws RunError with the tool's error output, and advice */
  test(config: C, io: JobIo): Promise<Finding>;
  /** Checks everything that can be known before anything is written. @throws RunError of kind `cannot_start` */
  preflight(config: C, io: JobIo): Promise<SourcePreflight>;
  /** @param avoid absolute folders of destinations, left out so that a backup does not contain itself */
  dump(config: C, io: JobIo, avoid: string[]): Promise<Dump>;
  /**
   * Only of sources that are a folder: opens it for a program that reads it by itself, into a repository. @param avoid as for `dump`
   */
  openFolder?(config: C, io: JobIo, avoid: string[]): Promise<OpenFolder>;
  /** Reads a whole dump the way a restore would. @returns what it holds */
  verify(dump: Readable, io: JobIo): Promise<BackupContents>;
  /** What a restore to the target would overwrite, in a sentence; null: nothing exists there. */
  existingTarget(target: T, io: JobIo): Promise<string | null>;
  /** The first is the default where nothing exists at the target; `all_or_nothing` is where something does. */
  restoreModes: readonly [RestoreMode, ...RestoreMode[]];
  /** What a restore of this backup to the target would leave, and what it cannot bring back. Changes nothing. */
  outlook(backup: StoredBackup, target: T, io: JobIo): Promise<RestoreOutlook>;
  /** @throws RunError when nothing came back; what failed beside that is in the report */
  restore(backup: StoredBackup, target: T, io: JobIo, options: RestoreOptions): Promise<RestoreReport>;
  /** Makes a new, empty place for a restore test; nothing that exists is touched. */
  scratch(config: C, io: JobIo): Promise<ScratchTarget<T>>;
  /** Counts what is at a target, as `verify` counts what is in a backup. */
  contentsAt(target: T, io: JobIo): Promise<BackupContents>;
}

interface PathSource<C> extends SourceOperations<C, PathTarget> {
  restoresTo: "file" | "directory";
}

interface DatabaseSource<C> extends SourceOperations<C, DatabaseTarget<C>> {
  restoresTo: "database";
  /** Accepts the name of a database on its server. */
  databaseName: z.ZodType<string>;
}

export type SourceSpec<S extends z.ZodObject> = KindSpec<S> &
  (PathSource<z.output<S>> | DatabaseSource<z.output<S>>) & {
    /** The configuration that backs up a folder of this machine, where it can: the welcome page offers sample files with it. */
    configForFolder?(path: string): z.input<S> & Record<string, unknown>;
  };

/** A source kind whose backups Belfry stores, as the registry holds it: its configuration type is closed over. */
export interface DumpSource extends Kind, SourceOperations<unknown, RestoreTarget> {
  readonly backUp?: undefined;
  readonly storesItself?: false;
  /** The absolute paths of this machine that it reads, by its fields: their mount points are remembered. */
  localPaths(config: unknown): string[];
  readonly restoresTo: "file" | "directory" | "database";
  /** Only of sources that restore to a database. */
  readonly databaseName?: z.ZodType<string>;
  configForFolder?(path: string): Record<string, unknown>;
}

/** What a program that stores backups by itself did in one run. */
export interface ProgramBackup {
  /** Those that are certain to exist. */
  archives: ReportedArchive[];
  /** What needs attention although there is a backup. */
  warnings: string[];
  /** Why it made none on purpose, in a sentence; null: it was not skipped. */
  skipped: string | null;
}

/** The archives of one repository, as its program lists them now, newest first. */
export interface ListedArchives {
  repository: string;
  /** Its name in the program's configuration; empty: none. */
  label: string;
  archives: { name: string; id: string; startedAt: number }[];
}

/** A folder of an archive; `folder` is empty for its root. */
export interface ArchiveFolder {
  repository: string;
  /** A name, or `latest`. */
  archive: string;
  folder: string;
}

/** What a source declares that is a program with a configuration of its own: where backups go is known there alone. */
interface ProgramOperations<C> {
  /** The Debian package of each tool, named as advice where the tool is missing. */
  packages: Readonly<Record<string, string>>;
  /** Reaches what its configuration names. @throws RunError with the program's words, and advice */
  test(config: C, io: JobIo): Promise<Finding>;
  /** Checks quickly what can be known before anything is started. @throws RunError of kind `cannot_start` */
  preflight(config: C, io: JobIo): Promise<SourcePreflight>;
  /** Makes the backups that its configuration asks for. @throws RunError when there is nothing to rely on */
  backUp(config: C, io: JobIo): Promise<ProgramBackup>;
  /** @throws RunError */
  archives(config: C, io: JobIo): Promise<ListedArchives[]>;
  /** What lies in a folder of an archive, by name; null: there is no such folder. @throws RunError */
  entries(config: C, folder: ArchiveFolder, io: JobIo): Promise<ArchiveEntry[] | null>;
  /** The command that restores an archive, `latest` for the newest, as people type it on this machine. */
  restoreCommand(config: C, archive: string, repository?: string): string;
}

/** A source kind that stores its backups by itself, as the registry holds it. */
export interface ProgramSource extends Kind, ProgramOperations<unknown> {
  readonly storesItself: true;
  readonly openFolder?: undefined;
  readonly restoresTo?: undefined;
  readonly configForFolder?: undefined;
  localPaths(config: unknown): string[];
}

/** A source kind as the registry holds it. */
export type Source = DumpSource | ProgramSource;

/** A file being written at a destination: nothing of it is visible until `finish`. */
export interface Sink {
  /** @returns what to wait for before the next bytes; undefined: nothing, they were taken */
  write(chunk: Uint8Array): Promise<void> | undefined;
  /** Durable and under its name when this resolves. */
  finish(): Promise<void>;
  /** Removes what was written. Never throws. */
  discard(): Promise<void>;
}

/** A file at a destination. */
export interface StoredFile {
  path: string;
  bytes: number;
}

/** What a destination says of a stored file beside its name. */
export interface StoredState {
  bytes: number;
  /** Changes when the file does: an ETag, a time. */
  mark: string;
}

/** A file being written into a tree: what was under its name before stays until `finish`. */
export interface TreeUpload {
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Complete, under its name, and proven to be what was written, by the service's own checksum or because it was read
   * again, when this resolves. @param sha256 of its bytes, in hex
   */
  finish(sha256: string): Promise<StoredState>;
  /** Leaves nothing of it. Never throws. */
  discard(): Promise<void>;
}

/** A folder below a destination's root with everything in it, which is worked on for longer. Paths are below the folder. */
export interface DestinationTree {
  /** The complete files of a folder; none where there is no such folder. */
  list(folder: string): Promise<(StoredState & { name: string })[]>;
  /** Begins a file. Folders above it are made. Several may be written at a time. */
  create(path: string): Promise<TreeUpload>;
  /** @returns false when the file did not exist */
  remove(path: string): Promise<boolean>;
  /** Removes what interrupted runs left half written. @returns how many */
  tidy(): Promise<number>;
  /** Ends its connections and processes. Never throws. */
  close(): Promise<void>;
}

/**
 * What every destination declares beside its kind. No operation has to watch `io.signal` to be ended by it: callers
 * go through `bindDestination`, which ends every wait. It may pass the signal on, to end its own requests sooner.
 */
interface DestinationOperations<C> {
  /** The Debian package of each tool, named as advice where the tool is missing. */
  packages: Readonly<Record<string, string>>;
  /** Whether it is a folder, which may be missing: then a person is asked whether to create it. */
  hasFolder?: boolean;
  /**
   * Looks at the destination when a person sets it up. Its folder is created only where the person chose so, and never
   * later: one that is missing is most likely on a disk that is not mounted.
   * @throws RunError with `isFolderMissing` where that choice is open
   */
  prepare(config: C, io: EndpointIo, createFolder: boolean): Promise<void>;
  /** Writes, reads and removes a small file. @throws RunError */
  test(config: C, io: EndpointIo): Promise<Finding>;
  /** @throws RunError of kind `cannot_start` when it cannot be written to, or has fewer free bytes than `neededBytes` */
  preflight(config: C, neededBytes: number | null, io: EndpointIo): Promise<void>;
  /** @param path below the destination's root, made by Belfry */
  create(config: C, path: string, io: EndpointIo): Promise<Sink>;
  read(config: C, path: string, io: EndpointIo): Promise<Readable>;
  /** The same for a tool, where a process of its own reads. @param decompress what that process does on the way */
  pipe?(config: C, path: string, decompress: "gzip" | undefined, io: EndpointIo): Promise<PipedFile>;
  /** @returns false when the file did not exist */
  remove(config: C, path: string, io: EndpointIo): Promise<boolean>;
  /** Files in a folder below the root, sorted by name. */
  list(config: C, folder: string, io: EndpointIo): Promise<StoredFile[]>;
  /** Opens a folder of one caller alone, to be worked on for longer. The root must exist. @throws RunError */
  openTree(config: C, folder: string, io: EndpointIo): Promise<DestinationTree>;
  /** How full it is where backups are stored; null when that is unknown. @throws RunError */
  measure(config: C, io: EndpointIo): Promise<StorageFigures | null>;
  /** Proves that it answers, and changes nothing; not given: measuring does. @throws RunError */
  reach?(config: C, io: EndpointIo): Promise<void>;
}

export type DestinationSpec<S extends z.ZodObject> = KindSpec<S> &
  DestinationOperations<z.output<S>> & {
    /** The configuration that stores backups in a folder of this machine, where it can: the welcome page offers one. */
    configForFolder?(path: string): z.input<S> & Record<string, unknown>;
  };

/** A destination kind as the registry holds it, its configuration type closed over. */
export interface Destination extends Kind, DestinationOperations<unknown> {
  /** The absolute folder on this machine that it writes to, by its fields; null: none. */
  localRoot(config: unknown): string | null;
  configForFolder?(path: string): Record<string, unknown>;
}

/**
 * Closes over a source's configuration type. Every place that its fields declare is checked each time before it is read.
 */
export function defineSource<S extends z.ZodObject>(spec: SourceSpec<S>): DumpSource {
  const kind = defineKind(spec);
  const source: Omit<DumpSource, "localPaths"> = { ...spec, ...kind };
  const requirePlaces = (config: unknown, io: JobIo) => requireDeclaredPlaces("read", kind, config, io.signal);
  return {
    ...source,
    ...checkedLooks(kind, source),
    async dump(config, io, avoid) {
      await requirePlaces(config, io);
      return await source.dump(config, io, avoid);
    },
    ...(source.openFolder && {
      async openFolder(config: unknown, io: JobIo, avoid: string[]) {
        await requirePlaces(config, io);
        return await (source.openFolder as NonNullable<typeof source.openFolder>)(config, io, avoid);
      },
    }),
  };
}

/** What every source is asked before a run, each time after the places that its fields declare were checked. */
function checkedLooks(kind: Kind, source: Pick<Source, "test" | "preflight">) {
  const requirePlaces = (config: unknown, io: JobIo) => requireDeclaredPlaces("read", kind, config, io.signal);
  return {
    localPaths: (config: unknown) => localPathsOf(kind, config),
    async test(config: unknown, io: JobIo) {
      await requirePlaces(config, io);
      return await source.test(config, io);
    },
    async preflight(config: unknown, io: JobIo) {
      await requirePlaces(config, io);
      return await source.preflight(config, io);
    },
  };
}

/** The same for a program that stores backups by itself. */
export function defineProgramSource<S extends z.ZodObject>(
  spec: KindSpec<S> & ProgramOperations<z.output<S>>,
): ProgramSource {
  const kind = defineKind(spec);
  const source: Omit<ProgramSource, "localPaths"> = { ...spec, ...kind, storesItself: true };
  const requirePlaces = (config: unknown, io: JobIo) => requireDeclaredPlaces("read", kind, config, io.signal);
  return {
    ...source,
    ...checkedLooks(kind, source),
    async backUp(config, io) {
      await requirePlaces(config, io);
      return await source.backUp(config, io);
    },
    async archives(config, io) {
      await requirePlaces(config, io);
      return await source.archives(config, io);
    },
    async entries(config, folder, io) {
      await requirePlaces(config, io);
      return await source.entries(config, folder, io);
    },
  };
}

/**
 * Closes over a destination's configuration type. What it does with the files of a folder is done by `lib/jobs/files`,
 * which checks the folder each time: this process must not touch a disk that may hang.
 */
export function defineDestination<S extends z.ZodObject>(spec: DestinationSpec<S>): Destination {
  const kind = defineKind(spec);
  return {
    ...spec,
    ...kind,
    localRoot(config) {
      const [path] = localPathsOf(kind, config);
      return path === undefined ? null : resolve(path);
    },
  };
}

function localPathsOf(kind: Kind, config: unknown): string[] {
  return declaredPlaces(kind, config)
    .filter((place) => place.kind === "path")
    .map(({ path }) => path);
}
