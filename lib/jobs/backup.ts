import { endpointsById } from "@/db/queries/endpoints";
import { installationId } from "@/db/queries/installation";
import type { JobWithParts, ManagedJob } from "@/db/queries/jobs";
import { type ArtifactRow, recordArtifacts } from "@/db/stores/artifacts";
import { newArtifact } from "@/db/stores/new-artifact";
import type { RunRow } from "@/db/stores/runs";
import { formatBytes } from "@/lib/core/format-units";
import { type BoundDestination, bindDestination } from "./bind-destination";
import { bindSource } from "./bind-source";
import type { IoFor } from "./contract";
import { type Endpoint, isProgram, type OpenSource, openAnySource, openEndpoint } from "./endpoints";
import { backUpWithProgram } from "./program-backup";
import { backUpIntoRepository } from "./repositories/back-up";
import { startError, toRunError } from "./run-error";
import { type RunResult, successResult } from "./run-result";
import { requireContents } from "./steps/contents";
import { removeLeftovers } from "./steps/leftovers";
import { preflight, requireReady } from "./steps/preflight";
import { applyRetention } from "./steps/retention";
import type { RejectedDestination } from "./steps/store";
import { verify, type Written } from "./steps/verify";
import { writeDump } from "./steps/write-dump";

/**
 * One attempt of a job: preflight, dump, compress, store everywhere, read back, and only then remove old backups.
 * @throws RunError when no backup was made
 */
export async function backUp(run: RunRow, whole: JobWithParts<ManagedJob>, ioFor: IoFor): Promise<RunResult> {
  const { job } = whole;
  if (job.repositoryId !== null) return await backUpIntoRepository(run, whole, ioFor);
  const opened = await openAnySource(job.sourceId);
  if (isProgram(opened)) return await backUpWithProgram(job, opened, ioFor);
  const { endpoints, rejected } = await openEndpoints(whole.destinationIds);
  const io = ioFor([...opened.secrets, ...endpoints.flatMap((endpoint) => endpoint.secrets)]);
  const source = bindSource(opened, io);
  const reject = (more: RejectedDestination[]) => {
    for (const { destination, error } of more) io.log(`${destination.name}: ${error.message}`);
    rejected.push(...more);
  };
  reject(rejected.splice(0));
  const destinations = endpoints.map((endpoint) => bindDestination(endpoint, io));
  io.log(`Backing up ${source.name} to ${namesOf(destinations) || "nowhere"}`);

  const checked = await preflight(source, destinations, job, io);
  reject(checked.rejected);
  requireReady(checked.ready, rejected);
  for (const destination of checked.ready) await removeLeftovers(destination, job.slug, io.log);

  const startedAt = Date.now();
  const dump = await writeDump(source, checked.ready, job, io);
  const { written, warnings, sourcePath } = dump;
  rejected.push(...dump.rejected);
  const [packed, raw] = [formatBytes(written.stored.bytes), formatBytes(written.raw.bytes)];
  io.log(`Stored ${packed} (${raw} before compression) as ${written.path}, in ${secondsSince(startedAt)}`);

  const storedAt = Date.now();
  const { verified, rejected: damaged, contents } = await verify(written, dump.stored, source.kind, io);
  rejected.push(...damaged);
  io.log(`Read back at ${namesOf(verified)}: checksum equal, in ${secondsSince(storedAt)}`);
  const { suspicion } = await requireContents(job, written, contents, verified);

  const facts = { contents, suspicion, sourcePath, installationId: await installationId() };
  await recordArtifacts(verified.map((destination) => artifactRow(run, job, source, destination, written, facts)));
  if (suspicion) warnings.unshift(suspicion);
  warnings.push(...(await applyRetention(job.id, verified, job.keepLast, io)));

  const problems = [
    ...rejected.map(({ destination, error }) => `${destination.name} did not take the backup: ${error.message}`),
    ...warnings,
  ];
  for (const problem of problems) io.log(problem);
  const advice = rejected.find(({ error }) => error.advice)?.error.advice ?? null;
  return { ...successResult(written.stored.bytes, contents.files, problems, advice), contents };
}

const secondsSince = (at: number) => `${((Date.now() - at) / 1000).toFixed(2)} s`;

const namesOf = (destinations: BoundDestination[]) => destinations.map(({ name }) => name).join(", ");

async function openEndpoints(ids: string[]): Promise<{ endpoints: Endpoint[]; rejected: RejectedDestination[] }> {
  const rows = await endpointsById("destinations", ids);
  const endpoints: Endpoint[] = [];
  const rejected: RejectedDestination[] = [];
  for (const id of ids) {
    const row = rows.get(id);
    if (!row) continue;
    try {
      endpoints.push(openEndpoint(row));
    } catch (error) {
      rejected.push({ destination: { id, name: row.name }, error: toRunError(error) });
    }
  }
  if (endpoints.length === 0)
    throw rejected[0]?.error ?? startError("The job has no destination.", "Choose one for the job.");
  return { endpoints, rejected };
}

function artifactRow(
  run: RunRow,
  job: ManagedJob,
  source: OpenSource,
  destination: BoundDestination,
  { path, raw, stored }: Written,
  facts: Pick<ArtifactRow, "contents" | "suspicion" | "sourcePath" | "installationId">,
): ArtifactRow {
  return newArtifact({
    runId: run.id,
    jobId: job.id,
    jobName: job.name,
    destinationId: destination.id,
    destinationName: destination.name,
    sourceKind: source.kind.id,
    compression: job.compression,
    path,
    bytes: stored.bytes,
    rawBytes: raw.bytes,
    ...facts,
    sha256: stored.sha256,
    createdAt: Date.now(),
  });
}
