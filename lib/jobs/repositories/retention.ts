import { artifactsOfRepository } from "@/db/queries/artifacts";
import { installationPause } from "@/db/queries/installation";
import type { ManagedJob } from "@/db/queries/jobs";
import type { RepositoryRow } from "@/db/queries/repositories";
import { forgetArtifact } from "@/db/stores/artifacts";
import { formatBytes, pluralize } from "@/lib/core/format-units";
import type { JobIo } from "../contract";
import { toRunError } from "../run-error";
import { removableArtifacts } from "../steps/retention";
import type { OpenRepository } from "./contract";
import { repositoryProgram } from "./registry";

/**
 * Removes what a job no longer keeps after it made an archive: by the retention of the repository where that has one,
 * otherwise all but the job's newest. Nothing goes after a suspect backup. What fails never fails the run.
 * @returns what could not be removed, in sentences
 */
export async function removeSurplus(
  { retention, compactsAfterPrune }: RepositoryRow,
  repository: OpenRepository,
  job: ManagedJob,
  isSuspect: boolean,
  io: JobIo,
): Promise<string[]> {
  if (isSuspect || (await installationPause())) return [];
  const program = repositoryProgram(repository.kind);
  try {
    const removed = retention
      ? (await program.prune(repository, retention, job.slug, io)).removed
      : await removeOldest(repository, job, io);
    await forgetMissing(repository, io);
    if (removed === 0) return [];
    io.log(`Removed ${pluralize(removed, "old archive")} from ${repository.name}`);
    if (!compactsAfterPrune) return [];
    const freed = await program.compact(repository, io);
    if (freed !== null) io.log(`Freed ${formatBytes(freed)}`);
    return [];
  } catch (error) {
    io.signal.throwIfAborted();
    const { message } = toRunError(error);
    return [`Old archives could not be removed from ${repository.name}, which fills up: ${message}`];
  }
}

async function removeOldest(repository: OpenRepository, { id, keepLast }: ManagedJob, io: JobIo): Promise<number> {
  const surplus = await removableArtifacts(id, repository.id, keepLast);
  const { remove } = repositoryProgram(repository.kind);
  for (const artifact of surplus) {
    if (!(await remove(repository, artifact.path, io)))
      io.log(`${artifact.path} no longer exists in ${repository.name}`);
    await forgetArtifact(artifact.id);
  }
  return surplus.length;
}

/** Forgets the backups whose archives a prune, or another program, removed. */
export async function forgetMissing(repository: OpenRepository, io: JobIo): Promise<void> {
  const recorded = await artifactsOfRepository(repository.id);
  if (recorded.length === 0) return;
  const archives = await repositoryProgram(repository.kind).archives(repository, io);
  const names = new Set(archives.map(({ name }) => name));
  for (const { id, path } of recorded) if (!names.has(path)) await forgetArtifact(id);
}
