import { plausibleBackups } from "@/db/queries/artifacts";
import { installationId } from "@/db/queries/installation";
import type { JobWithParts, ManagedJob } from "@/db/queries/jobs";
import { findRepository, type RepositoryRow } from "@/db/queries/repositories";
import { recordArtifacts } from "@/db/stores/artifacts";
import { newArtifact } from "@/db/stores/new-artifact";
import type { RunRow } from "@/db/stores/runs";
import { UNKNOWN_CONTENTS } from "@/lib/core/backup-contents";
import { formatBytes, pluralize } from "@/lib/core/format-units";
import { bindSource } from "../bind-source";
import type { IoFor, JobIo } from "../contract";
import { openSource } from "../endpoints";
import { BASELINE_SIZE, judgePlausibility } from "../plausibility";
import { RunError, startError } from "../run-error";
import { type RunResult, successResult } from "../run-result";
import { preflight } from "../steps/preflight";
import type { MadeArchive, OpenRepository } from "./contract";
import { openRepository, secretsOf } from "./open-repository";
import { repositoryProgram } from "./registry";
import { removeSurplus } from "./retention";
import { readFigures } from "./tasks";

/**
 * One attempt of a job whose backups are archives of a repository: the program of the repository reads the folder by
 * itself, and only then old archives are removed.
 * @throws RunError when no archive was made
 */
export async function backUpIntoRepository(
  run: RunRow,
  { job }: JobWithParts<ManagedJob>,
  ioFor: IoFor,
): Promise<RunResult> {
  const found = await findRepository(job.repositoryId ?? "");
  if (!found) throw startError("The job's repository was removed.", "Choose another one for the job.");
  const repository = openRepository(found.repository);
  const opened = await openSource(job.sourceId);
  const io = ioFor([...opened.secrets, ...secretsOf(repository)]);
  const source = bindSource(opened, io);
  const { openFolder } = source.kind;
  if (!openFolder)
    throw startError(`A repository takes folders, and ${source.name} is none.`, "Choose a destination for the job.");
  io.log(`Backing up ${source.name} into ${repository.name}`);
  await preflight(source, [], { ...job, compression: "none" }, io);

  const { location } = repository;
  const folder = await openFolder(source.config, io, location.type === "local" ? [location.path] : []);
  const startedAt = Date.now();
  const made = await repositoryProgram(repository.kind)
    .backUp(repository, { ...folder, series: job.slug, now: startedAt }, io)
    .finally(folder.close);
  const took = ((Date.now() - startedAt) / 1_000).toFixed(2);
  const [whole, added] = [formatBytes(made.originalBytes), formatBytes(made.addedBytes)];
  io.log(`Made ${made.name}: ${pluralize(made.files, "file")}, ${whole}, of which ${added} are new, in ${took} s`);

  const suspicion = await requireSomething(repository, job, made, io);
  const facts = { sourceKind: source.kind.id, suspicion, sourcePath: folder.path };
  await recordArtifacts([await artifactOf(run, job, found.repository, made, facts)]);
  const warnings = [...(suspicion ? [suspicion] : []), ...made.warnings];
  warnings.push(...(await removeSurplus(found.repository, repository, job, suspicion !== null, io)));
  await readFigures(repository, io);
  for (const warning of warnings) io.log(warning);
  const contents = { ...UNKNOWN_CONTENTS, files: made.files };
  return { ...successResult(made.originalBytes, made.files, warnings), contents };
}

/**
 * Compares the archive with the job's backups before it. One of nothing is removed again.
 * @returns why it is suspect; null: it is not
 * @throws RunError when there is nothing in it
 */
async function requireSomething(
  repository: OpenRepository,
  job: ManagedJob,
  made: MadeArchive,
  io: JobIo,
): Promise<string | null> {
  const earlier = await plausibleBackups(job.id, BASELINE_SIZE);
  const verdict = judgePlausibility(
    { rawBytes: made.originalBytes, contents: { ...UNKNOWN_CONTENTS, files: made.files } },
    earlier.map((one) => ({ ...one, isAccepted: one.acceptedAt !== null })),
    job,
  );
  if (verdict.kind !== "empty") return verdict.reason;
  await repositoryProgram(repository.kind).remove(repository, made.name, io);
  throw new RunError(`${verdict.reason} Nothing was stored, and no earlier backup was removed.`, {
    advice:
      "Is its disk mounted, and is it the right place? If it may be empty, say so under Advanced in the job's settings.",
  });
}

async function artifactOf(
  run: RunRow,
  job: ManagedJob,
  repository: RepositoryRow,
  made: MadeArchive,
  { sourceKind, ...facts }: { sourceKind: string; suspicion: string | null; sourcePath: string },
) {
  return newArtifact({
    runId: run.id,
    jobId: job.id,
    jobName: job.name,
    destinationId: repository.id,
    destinationName: repository.name,
    repositoryId: repository.id,
    sourceKind,
    compression: "none",
    path: made.name,
    bytes: made.originalBytes,
    rawBytes: made.originalBytes,
    sha256: made.id,
    contents: { ...UNKNOWN_CONTENTS, files: made.files },
    installationId: await installationId(),
    ...facts,
    createdAt: Date.now(),
  });
}
