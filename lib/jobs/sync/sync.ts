import { findSync } from "@/db/queries/syncs";
import type { RunRow } from "@/db/stores/runs";
import { findSyncedFiles, noteSyncedFiles, type SyncedFileRow } from "@/db/stores/synced-files";
import { noteSyncMounts, type SyncRow } from "@/db/stores/syncs";
import { pluralize } from "@/lib/core/format-units";
import { bindDestination } from "../bind-destination";
import type { DestinationTree, EndpointIo, IoFor, StoredState } from "../contract";
import { type Endpoint, openEndpointById } from "../endpoints";
import { FolderProcess } from "../files/folder-process";
import { deeperMounts, readMounts, requireMounts } from "../mounts";
import { fileError, RunError, startError } from "../run-error";
import { type RunResult, successResult } from "../run-result";
import { untilAborted } from "../until-aborted";
import { copyOrderOf } from "./copy-order";
import { type SyncOrigin, syncOriginOf } from "./origin";
import { pathsToSkip } from "./paths-to-skip";
import { Pool } from "./pool";
import { deleteMissingFiles, noteMissingFiles, reasonToKeep } from "./removals";
import { SyncTally } from "./tally";
import { Transfer } from "./transfer";
import { type Skips, type SourceFile, type WalkBatch, walkSource } from "./walk";

/** Small files that are uploaded at a time. */
const UPLOADS_AT_ONCE = 8;
/** What was stored is noted after so many files, or so many milliseconds. */
const NOTE_FILES = 200;
const NOTE_MS = 2_000;

/** @throws RunError of kind `cannot_start` when the sync was deleted */
export async function requireSyncOf(run: RunRow): Promise<SyncRow> {
  const sync = await findSync(run.syncId ?? "");
  if (!sync) throw startError("The sync was deleted.");
  return sync;
}

/**
 * Copies what is new or changed in a folder to a destination, and deletes there what is gone where the sync says so.
 * A problem with one file is a warning; the others are copied.
 */
export async function executeSync(run: RunRow, sync: SyncRow, ioFor: IoFor): Promise<RunResult> {
  const [endpoint, origin] = [await openEndpointById(sync.destinationId), await syncOriginOf(sync)];
  const io = ioFor([...endpoint.secrets, ...origin.secrets]);
  io.log(`Copying ${origin.path} to ${endpoint.name}, folder ${sync.folder}`);
  await requireMounts(origin.title, origin.mounts);
  if (endpoint.kind.localRoot(endpoint.config) !== null)
    await requireMounts(`The destination ${endpoint.name}`, endpoint.mounts);
  const tally = new SyncTally(io.log, origin.noun);
  const release = await origin.hold(io);
  try {
    return await copyHeld(run, sync, { origin, endpoint, tally, io });
  } finally {
    for (const line of tally.describe()) io.log(line);
    await release();
  }
}

interface HeldCopy {
  origin: SyncOrigin;
  endpoint: Endpoint;
  tally: SyncTally;
  io: EndpointIo;
}

async function copyHeld(run: RunRow, sync: SyncRow, { origin, endpoint, tally, io }: HeldCopy): Promise<RunResult> {
  const source = await openSource(origin, io);
  try {
    const skips = await pathsToSkip({ path: origin.path, folder: sync.folder }, endpoint, io);
    await bindDestination(endpoint, io).preflight(null);
    const tree = await openTree(endpoint, sync.folder, io);
    try {
      return await new SyncRun(sync, origin, source, tree, tally, io).execute(run, skips);
    } finally {
      await tree.close();
    }
  } finally {
    await source.close();
  }
}

async function openSource({ path, title, use }: SyncOrigin, io: EndpointIo): Promise<FolderProcess> {
  const scope = { root: path, use, signal: io.signal, log: io.log };
  const open = () => FolderProcess.open(scope);
  return await untilAborted(io.signal, () => io.watch?.watch(`opening ${path}`, open()) ?? open()).catch(
    (error: unknown) => {
      throw fileError(error, title === `The folder ${path}` ? title : `${title} at ${path}`, "cannot_start");
    },
  );
}

async function openTree({ kind, config, name }: Endpoint, folder: string, io: EndpointIo): Promise<DestinationTree> {
  const open = () =>
    io.watch?.watch(`opening ${name}`, kind.openTree(config, folder, io)) ?? kind.openTree(config, folder, io);
  return await untilAborted(io.signal, open, (late) => late.close());
}

/** Old segments beside new ones: what was removed from the repository seems to be there again. */
function staleSentence(missing: number): string {
  const files = `${pluralize(missing, "file")} that the repository has no more ${missing === 1 ? "stays" : "stay"} at the destination`;
  return `${files}: a check of such a copy can find errors. Let the sync delete what is gone.`;
}

class SyncRun {
  private readonly pool = new Pool(UPLOADS_AT_ONCE);
  private notes: SyncedFileRow[] = [];
  private notedAt = Date.now();

  constructor(
    private readonly sync: SyncRow,
    private readonly origin: SyncOrigin,
    private readonly source: FolderProcess,
    private readonly tree: DestinationTree,
    private readonly tally: SyncTally,
    private readonly io: EndpointIo,
  ) {}

  async execute(run: RunRow, skips: (path: string) => boolean): Promise<RunResult> {
    const { tally, tree, io, sync, origin, source } = this;
    const left = await this.untilEnded(() => tree.tidy());
    if (left > 0) io.log(`Removed ${left} half written, left by an interrupted run`);
    const order = await copyOrderOf(origin.files, source);
    try {
      for (const step of order.steps) {
        const always = (path: string) => skips(path) || step.skips(path);
        await this.copyAll({ always, byPattern: origin.leavesOut }, step.from);
        await this.pool.idle();
        // What comes next refers to it: it has to be there, all of it.
        if (origin.files !== null) tally.requireWhole();
      }
      await order.requireSettled(source);
    } finally {
      await this.flush();
    }
    const kept = await this.deleteGone(run.params.deletesMany === true);
    tally.requireSuccess();
    if (origin.noun === "folder") {
      const mounts = deeperMounts(sync.mounts, await readMounts([sync.path], io.signal));
      if (mounts) await noteSyncMounts(sync.id, mounts);
    }
    const problems = [...tally.problems(), ...(kept ? [kept] : [])];
    return { ...successResult(tally.storedBytes, tally.stored, problems), deleted: tally.deleted };
  }

  private async copyAll(skips: Skips, from: string): Promise<void> {
    const { source, tree, pool, tally, io, sync, origin } = this;
    const note = (row: SyncedFileRow) => this.note(row);
    const transfer = new Transfer({ syncId: sync.id, source, tree, pool, tally, signal: io.signal, note });
    let listing: { folder: string | null; stored: Map<string, StoredState> } = { folder: null, stored: new Map() };
    const batches = walkSource(source, skips, tally, from);
    for (;;) {
      const next: IteratorResult<WalkBatch> = await batches.next().catch((error: unknown) => {
        io.signal.throwIfAborted();
        throw fileError(error, origin.title, "cannot_start");
      });
      if (next.done) return;
      const { folder, files } = next.value;
      if (files.length === 0) continue;
      if (listing.folder !== folder) listing = { folder, stored: await this.storedIn(folder) };
      await this.copyBatch(files, listing.stored, transfer);
    }
  }

  private async copyBatch(files: SourceFile[], stored: Map<string, StoredState>, transfer: Transfer): Promise<void> {
    const known = await findSyncedFiles(
      this.sync.id,
      files.map(({ path }) => path),
    );
    for (const file of files) {
      this.io.signal.throwIfAborted();
      this.tally.seen++;
      const row = known.get(file.path);
      const there = stored.get(file.name);
      // What is at the destination is no longer what was stored there: it is sent again.
      const isThere = row !== undefined && there?.bytes === row.bytes && there.mark === row.mark;
      const isUnchanged = isThere && row.stamp !== "" && row.stamp === file.stamp && row.bytes === file.bytes;
      if (!isUnchanged) await transfer.copy(file, isThere ? row : null);
      else {
        this.tally.unchanged++;
        if (row.missingSince !== null) await this.note({ ...row, missingSince: null });
      }
    }
  }

  private async storedIn(folder: string): Promise<Map<string, StoredState>> {
    const found = await this.untilEnded(() => this.tree.list(folder));
    return new Map(found.map(({ name, bytes, mark }) => [name, { bytes, mark }]));
  }

  /** @returns why missing files stay at the destination; null: none do, or the sync keeps them */
  private async deleteGone(isWanted: boolean): Promise<string | null> {
    const { tree, tally, io, sync, origin } = this;
    const found = await noteMissingFiles(sync.id, this.source, Date.now());
    if (tally.seen === 0 && found.total > 0) {
      throw new RunError(
        `${origin.path} has no files; ${found.total} were copied from it before. Nothing was deleted at the destination.`,
        { advice: "Is its disk mounted? A sync never deletes for a folder that is empty." },
      );
    }
    if (!sync.deleteRemoved) {
      if (found.missing === 0) return null;
      if (origin.noun === "repository") return staleSentence(found.missing);
      io.log(`${found.missing} are in the folder no more, and stay at the destination`);
      return null;
    }
    // What borg or restic opened is no folder that lost its disk: a compact may well remove most of its files.
    const kept = reasonToKeep(found, tally, isWanted || this.origin.noun === "repository");
    if (kept !== null || found.missing === 0) return kept;
    await requireMounts(origin.title, origin.mounts);
    await deleteMissingFiles(sync.id, { source: this.source, tree, tally, signal: io.signal });
    return null;
  }

  private async note(row: SyncedFileRow): Promise<void> {
    this.notes.push(row);
    if (this.notes.length >= NOTE_FILES || Math.abs(Date.now() - this.notedAt) > NOTE_MS) await this.flush();
  }

  private async flush(): Promise<void> {
    const notes = this.notes;
    this.notes = [];
    this.notedAt = Date.now();
    if (notes.length > 0) await noteSyncedFiles(notes);
  }

  private untilEnded<T>(work: () => Promise<T>): Promise<T> {
    return untilAborted(this.io.signal, work);
  }
}
