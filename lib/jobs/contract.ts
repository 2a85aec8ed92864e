import type { Readable } from "node:stream";
import { z } from "zod";
import type { Tools } from "./tools";

export { field } from "@/lib/core/form-field";

/** What a source or destination may use while it works for one run or one Test. */
export interface JobIo {
  /** Ends with the run; its reason is a RunError. */
  signal: AbortSignal;
  tools: Tools;
  /** One line for the run's log. */
  log(line: string): void;
  /** A folder of this run alone, mode 0700, removed at its end. */
  workDir: string;
}

/** What a Test found: facts in a sentence. What is wrong is thrown as a RunError. */
export interface Finding {
  message: string;
}

/** What a preflight found. */
export interface Ready {
  /** About how many bytes the dump will have before compression; null: nobody knows. */
  estimatedBytes: number | null;
}

export interface DumpEnd {
  /** What needs a look although a backup was made. */
  warnings: string[];
}

/** A dump under way. The bytes count only once `ended` has resolved: a tool may fail after its last byte. */
export interface Dump {
  stream: Readable;
  ended: Promise<DumpEnd>;
}

/** Where a restore goes: a place in the file system, or a database on a known server. */
export type RestoreTarget = { path: string } | { config: unknown; database: string };

/** A stored backup to be restored. Each call reads it anew, decompressed, and fails when the bytes are not those that were stored. */
export interface StoredBackup {
  open(): Promise<Readable>;
}

export interface SourceSpec<S extends z.ZodType> {
  id: string;
  label: string;
  config: S;
  example: z.input<S>;
  /** File name ending of its dumps, without the dot. */
  extension: string;
  /** A dump of fewer bytes is none, whatever the tool's exit code says. */
  minBytes: number;
  /** What its backups are restored to. */
  restoresTo: "file" | "directory" | "database";
  /** Reaches the source with the tools of a real run. @throws RunError in the tool's own words, with advice */
  test(config: z.output<S>, io: JobIo): Promise<Finding>;
  /** Everything that can be known before anything is written. @throws RunError of kind `cannot_start` */
  preflight(config: z.output<S>, io: JobIo): Promise<Ready>;
  /** @param avoid absolute folders that belong to destinations: a backup must not swallow itself */
  dump(config: z.output<S>, io: JobIo, avoid: string[]): Promise<Dump>;
  /** Reads a whole dump the way a restore would. @returns how many files are in it, where that means anything */
  verify(dump: Readable, io: JobIo): Promise<{ files: number | null }>;
  /** What a restore to the target would overwrite, in a sentence; null: nothing is there. */
  existingTarget(target: RestoreTarget, io: JobIo): Promise<string | null>;
  /** All or nothing where the target allows it; anything less than all is thrown. */
  restore(backup: StoredBackup, target: RestoreTarget, io: JobIo, mayOverwrite: boolean): Promise<void>;
}

/** A source kind as the registry holds it, its config type closed over. */
export interface Source extends Omit<SourceSpec<z.ZodType<unknown>>, "config" | "example"> {
  readonly configSchema: z.ZodType;
  readonly example: unknown;
  readonly secretFields: readonly string[];
  formSchema(): Record<string, unknown>;
  /** @throws ZodError */
  parse(config: unknown): unknown;
}

/** A file being written at a destination: nothing of it is visible until `finish`. */
export interface Sink {
  write(chunk: Uint8Array): Promise<void>;
  /** Durable and under its name when this resolves. */
  finish(): Promise<void>;
  /** Removes what was written. Never throws. */
  discard(): Promise<void>;
}

export interface DestinationSpec<S extends z.ZodType> {
  id: string;
  label: string;
  config: S;
  example: z.input<S>;
  /** Readies the place when it is set up, never later: a folder that is gone then is a fault. */
  prepare(config: z.output<S>): Promise<void>;
  /** Writes, reads and removes a small file. @throws RunError */
  test(config: z.output<S>, io: JobIo): Promise<Finding>;
  /** @throws RunError of kind `cannot_start` when it cannot be written to, or has fewer free bytes than `neededBytes` */
  preflight(config: z.output<S>, neededBytes: number | null): Promise<void>;
  /** @param path below the destination's root, made by Belfry */
  create(config: z.output<S>, path: string): Promise<Sink>;
  read(config: z.output<S>, path: string): Promise<Readable>;
  /** @returns false when it was not there */
  remove(config: z.output<S>, path: string): Promise<boolean>;
  /** Files below a folder of the root, newest name last. */
  list(config: z.output<S>, folder: string): Promise<{ path: string; bytes: number }[]>;
  /** Free bytes where backups go; null when nobody knows. @throws RunError */
  freeBytes(config: z.output<S>): Promise<number | null>;
  /** The absolute folder on this machine that it writes to, if it does. */
  localRoot(config: z.output<S>): string | null;
}

/** A destination kind as the registry holds it. */
export interface Destination extends Omit<DestinationSpec<z.ZodType<unknown>>, "config" | "example"> {
  readonly configSchema: z.ZodType;
  readonly example: unknown;
  readonly secretFields: readonly string[];
  formSchema(): Record<string, unknown>;
  /** @throws ZodError */
  parse(config: unknown): unknown;
}

function erased<S extends z.ZodObject>(config: S) {
  return {
    configSchema: config,
    secretFields: Object.entries(config.shape as Record<string, z.ZodType>)
      .filter(([, schema]) => schema.meta()?.secret === true)
      .map(([name]) => name),
    // Spread: zod hangs a hidden object with methods on it, which cannot travel to a browser.
    formSchema: () => ({ ...z.toJSONSchema(config, { io: "input" }) }),
    parse: (value: unknown) => config.parse(value),
  };
}

/** Closes over a source's config type and hands out the erased form that the registry lists. */
export function defineSource<S extends z.ZodObject>(spec: SourceSpec<S>): Source {
  return { ...(spec as unknown as SourceSpec<z.ZodType<unknown>>), ...erased(spec.config) };
}

/** The same for a destination. */
export function defineDestination<S extends z.ZodObject>(spec: DestinationSpec<S>): Destination {
  return { ...(spec as unknown as DestinationSpec<z.ZodType<unknown>>), ...erased(spec.config) };
}
