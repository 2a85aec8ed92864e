import { statfs } from "node:fs/promises";
import { findArtifact } from "@/db/queries/artifacts";
import { findJob, isManaged } from "@/db/queries/jobs";
import { type ArtifactRow, recordProof } from "@/db/stores/artifacts";
import type { RunRow } from "@/db/stores/runs";
import type { BackupContents } from "@/lib/core/backup-contents";
import { formatBytes } from "@/lib/core/format-units";
import type { IoFor, JobIo, StoredBackup } from "./contract";
import { type OpenSource, openSource } from "./endpoints";
import { isRunError, startError, toRunError } from "./run-error";
import { type RunResult, successResult } from "./run-result";
import { storedArtifact } from "./stored-artifact";

/**
 * Restores a backup into a place that is made for it, compares what came back with what was backed up, and removes
 * the place. Only after this a backup is called verified.
 */
export async function testRestore(run: RunRow, ioFor: IoFor): Promise<RunResult> {
  const artifact = await findArtifact(run.params.artifactId ?? "");
  if (!artifact) throw startError("The backup no longer exists: retention removed it, or its file was lost.");
  const source = await sourceOf(artifact);
  const stored = await storedArtifact(artifact);
  const io = ioFor([...source.secrets, ...stored.secrets]);
  io.log(`Testing the restore of ${artifact.path} from ${stored.name}`);
  try {
    const missing = await proveRestore(artifact, source, () => stored.open(io), io);
    for (const sentence of missing) io.log(sentence);
    if (missing.length === 0) io.log("Everything came back: verified");
    await recordProof(artifact.id, Date.now(), missing.length ? missing.join("\n") : null);
    return successResult(artifact.bytes, null, missing);
  } catch (error) {
    const { message, kind } = toRunError(error);
    // A test that could not begin, or that a person or a stop ended, says nothing about the backup.
    if (kind === "failed") await recordProof(artifact.id, Date.now(), message);
    throw error;
  }
}

async function sourceOf(artifact: ArtifactRow): Promise<OpenSource> {
  const whole = artifact.jobId ? await findJob(artifact.jobId) : null;
  if (!whole || !isManaged(whole)) {
    throw startError("The job of this backup no longer exists, so nothing says where to restore it for a test.");
  }
  const source = await openSource(whole.job.sourceId);
  if (source.kind.id === artifact.sourceKind) return source;
  throw startError("The job has had another kind of source since: this backup does not fit it.");
}

/** @returns what did not come back, a sentence each */
async function proveRestore(
  artifact: ArtifactRow,
  source: OpenSource,
  open: () => Promise<StoredBackup>,
  io: JobIo,
): Promise<string[]> {
  const { kind, config } = source;
  if (kind.restoresTo !== "database") await requireSpace(io.workDir, artifact);
  const { target, remove } = await kind.scratch(config, io);
  try {
    const backup = await open();
    // The program of a repository counts its files in its own way: what is in the archive has to come back.
    const expected = artifact.repositoryId ? await kind.verify(await backup.open(), io) : artifact.contents;
    const { missing } = await kind.restore(backup, target, io, { mayOverwrite: false });
    const found = await kind.contentsAt(target, io);
    io.log(`Restored into a scratch place: ${describe(found)}`);
    return [...missing, ...differences(expected, found)];
  } finally {
    await remove().catch((error: unknown) => {
      io.log(`The scratch place could not be removed: ${isRunError(error) ? error.message : String(error)}`);
    });
  }
}

async function requireSpace(folder: string, { rawBytes, bytes }: ArtifactRow): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const needed = (rawBytes ?? bytes) * 1.1;
  if (bavail * bsize >= needed) return;
  throw startError(
    `The restore test needs about ${formatBytes(needed)} in Belfry's data folder, and ${formatBytes(bavail * bsize)} are free.`,
    "Free some space there, or move the data folder to a larger disk.",
  );
}

const NAMES: Record<keyof BackupContents, string> = {
  files: "files",
  tables: "tables",
  filledTables: "tables with rows",
};
const ITEMS = ["files", "tables", "filledTables"] as const;

function differences(expected: BackupContents | null, found: BackupContents): string[] {
  return ITEMS.flatMap((item) => {
    const [wanted, got] = [expected?.[item] ?? null, found[item]];
    if (wanted === null || got === null || wanted === got) return [];
    return [`The backup holds ${wanted} ${NAMES[item]}, and ${got} came back.`];
  });
}

function describe(found: BackupContents): string {
  const parts = ITEMS.flatMap((item) => (found[item] === null ? [] : [`${found[item]} ${NAMES[item]}`]));
  return parts.join(", ") || "nothing to count";
}
