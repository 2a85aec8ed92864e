import { dirname } from "node:path/posix";
import { findArtifact, storedFilesOf } from "@/db/queries/artifacts";
import { endpointsById, watchedDestinations } from "@/db/queries/endpoints";
import { type ArtifactRow, recordReread } from "@/db/stores/artifacts";
import type { EndpointRow } from "@/db/stores/endpoints";
import type { RunRow } from "@/db/stores/runs";
import { pluralize } from "@/lib/core/format-units";
import { type BoundDestination, bindDestination } from "./bind-destination";
import type { IoFor, JobIo } from "./contract";
import { openEndpoint } from "./endpoints";
import { requireMounts } from "./mounts";
import { RunError, startError, toRunError } from "./run-error";
import { type RunResult, successResult } from "./run-result";
import { readMeasured } from "./streams";
import { untilAborted } from "./until-aborted";

/** Damaged backups that a message names; the log names all. */
const NAMED = 10;

interface Tally {
  read: number;
  bytes: number;
  /** A sentence for each backup that is gone or not what was stored. */
  damaged: string[];
  /** A sentence for each destination or backup that could not be read: that says nothing about what is stored. */
  unread: string[];
}

/**
 * Reads all stored backups of a job again, at the destinations that ask for it or, where a person asked, at all of them, and compares them with their checksums.
 * What it finds is noted with each backup: a damaged one no longer counts among those that retention keeps.
 * @throws RunError when one is damaged or gone, or could not be read
 */
export async function checkIntegrity(run: RunRow, ioFor: IoFor): Promise<RunResult> {
  const asking = (await watchedDestinations()).filter(({ watch }) => watch.rereadDays !== null);
  const wanted = run.params.everywhere === true ? null : asking.map(({ id }) => id);
  const files = await storedFilesOf(run.jobId ?? "", wanted);
  if (files.length === 0) throw startError("Nothing of this job is stored where backups are read again.");
  const tally: Tally = { read: 0, bytes: 0, damaged: [], unread: [] };
  const ids = [...new Set(files.map(({ destinationId }) => destinationId))];
  const rows = await endpointsById("destinations", ids);
  for (const id of ids) {
    const [row, here] = [rows.get(id), files.filter(({ destinationId }) => destinationId === id)];
    if (row && here.length > 0) await checkDestination(row, here, tally, ioFor);
  }
  const { read, bytes, damaged, unread } = tally;
  if (damaged.length === 0 && unread.length === 0) return successResult(bytes, read);
  throw integrityError(tally, files.length);
}

function integrityError({ damaged, unread }: Tally, total: number): RunError {
  const named = [...damaged.slice(0, NAMED), ...unread.slice(0, NAMED)];
  const left = damaged.length + unread.length - named.length;
  const what =
    damaged.length > 0
      ? `${damaged.length} of ${pluralize(total, "stored backup")} ${damaged.length === 1 ? "is" : "are"} damaged or gone:`
      : "Stored backups could not be read:";
  const advice =
    damaged.length > 0
      ? "Check the disk or service that stores them, and make a new backup: the damaged ones do not restore."
      : "Nothing is known of what is stored there. Make it reachable; the next check reads it.";
  return new RunError([what, ...named, ...(left > 0 ? [`And ${left} more, which the log names.`] : [])].join("\n"), {
    advice,
  });
}

interface ReachableDestination extends BoundDestination {
  /** @throws RunError when it does not answer: then nothing that is not found there is gone */
  requireReach(): Promise<void>;
}

async function checkDestination(row: EndpointRow, files: ArtifactRow[], tally: Tally, ioFor: IoFor): Promise<void> {
  const failed = (error: unknown, io?: JobIo) => {
    const { message } = toRunError(error);
    tally.unread.push(`${row.name}: ${message}`);
    io?.log(`Not read at ${row.name}: ${message}`);
  };
  let io: JobIo | undefined;
  try {
    const endpoint = openEndpoint(row);
    io = ioFor(endpoint.secrets);
    const destination = bindDestination(endpoint, io);
    const { kind, config } = endpoint;
    const { signal } = io;
    const reachIo = io;
    const requireReach = async () =>
      void (await untilAborted(signal, async () => (kind.reach ?? kind.measure)(config, reachIo)));
    for (const file of files) {
      // Where nothing is mounted no file is found, and none is gone.
      await requireMounts(`The destination ${row.name}`, row.mounts);
      await checkFile(file, { ...destination, requireReach }, tally, io);
    }
  } catch (error) {
    io?.signal.throwIfAborted();
    failed(error, io);
  }
}

/** @throws RunError when the destination does not even list its files */
async function checkFile(file: ArtifactRow, destination: ReachableDestination, tally: Tally, io: JobIo): Promise<void> {
  const where = `${file.path} at ${destination.name}`;
  const found = await reread(file, destination, io);
  // Retention may have removed it while it was read.
  if (found.damage !== null && !(await findArtifact(file.id))) return;
  if (found.damage !== null) {
    tally.damaged.push(`${where}: ${found.damage}`);
    io.log(`Damaged: ${where}: ${found.damage}`);
  } else if (found.unread !== null) {
    tally.unread.push(`${where}: ${found.unread}`);
    io.log(`Not read: ${where}: ${found.unread}`);
    return;
  } else {
    tally.read++;
    tally.bytes += file.bytes;
    io.log(`Whole: ${where}`);
  }
  await recordReread(file.id, Date.now(), found.damage);
}

async function reread(
  { path, bytes, sha256 }: ArtifactRow,
  destination: ReachableDestination,
  io: JobIo,
): Promise<{ damage: string | null; unread: string | null }> {
  try {
    const found = await readMeasured(await destination.read(path), io.signal);
    if (found.bytes !== bytes) return { damage: `it has ${found.bytes} of ${bytes} bytes.`, unread: null };
    return { damage: found.sha256 === sha256 ? null : "its bytes changed.", unread: null };
  } catch (error) {
    io.signal.throwIfAborted();
    const folder = dirname(path) === "." ? "" : dirname(path);
    await destination.requireReach();
    const there = await destination.list(folder);
    if (!there.some((one) => one.path === path)) return { damage: "it is gone.", unread: null };
    return { damage: null, unread: toRunError(error).message };
  }
}
