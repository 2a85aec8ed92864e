import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { artifactsOfRuns } from "@/db/queries/artifacts";
import { type EndpointRow, listEndpoints } from "@/db/queries/endpoints";
import { installationPause } from "@/db/queries/installation";
import { findJob } from "@/db/queries/jobs";
import { findRepository } from "@/db/queries/repositories";
import { clearArtifactPath, runsWithStrayFiles } from "@/db/stores/artifact-path";
import type { RunRow } from "@/db/stores/runs";
import { loggerOf } from "@/lib/core/logger";
import { redactor } from "@/lib/secrets/redact";
import { type BoundDestination, bindDestination } from "./bind-destination";
import { configBackupSettings } from "./config/settings";
import { openEndpoint } from "./endpoints";
import { openRepository, secretsOf } from "./repositories/open-repository";
import { repositoryProgram } from "./repositories/registry";
import { removeDraft } from "./restore-draft";
import { RunError, toRunError } from "./run-error";
import { RunLog } from "./run-log";
import { installAdvice } from "./tool-packages";
import { toolsFor } from "./tools";
import { canPass } from "./until-stored";

const log = loggerOf("stray-files");

/** How long one destination may take to answer, milliseconds. */
const ANSWER_MS = 20_000;
/** A worker that only seemed dead may still write a file for so long, milliseconds. */
const OTHERS_AFTER_MS = 24 * 3_600_000;

const HALF_WRITTEN = ".part";

/**
 * Removes files that runs left at destinations without a record: half written ones, and whole ones that were never
 * verified. Each is named in the run's log and in that of the process. What cannot be reached is left for the next look.
 * @param workerId this worker
 * @param isActive whether this process still executes a run, although another has failed it
 * @param stop ends the look
 * @throws only when the database fails
 */
export async function removeStrayFiles(
  workerId: string,
  isActive: (runId: string) => boolean,
  stop: AbortSignal,
): Promise<void> {
  // In a copy the original may be writing them at this moment.
  if (await installationPause()) return;
  for (const run of await runsWithStrayFiles(workerId, Date.now() - OTHERS_AFTER_MS)) {
    if (stop.aborted) return;
    if (isActive(run.id)) continue;
    try {
      if (await removeStrayFilesOf(run, stop)) await clearArtifactPath(run.id);
    } catch (error) {
      if (canPass(error)) throw error;
      log.error("failed to look for files that a run left", { runId: run.id, error });
    }
  }
}

/**
 * The same for one run.
 * @returns whether all of its destinations could be looked at
 */
export async function removeStrayFilesOf(run: RunRow, stop: AbortSignal): Promise<boolean> {
  const { artifactPath } = run;
  // A sync removes what it left when it runs again.
  if (artifactPath === null || run.kind === "sync") return true;
  if (run.kind === "restore")
    return await withinLook(stop, run.id, "the restore's target", (signal) =>
      removeDraftOf(run.id, artifactPath, signal),
    );
  const { repositoryId } = run;
  if (repositoryId !== null)
    return await withinLook(stop, run.id, "the repository", (signal) =>
      removeArchiveOf(run.id, repositoryId, artifactPath, signal),
    );
  const recorded = new Set(
    (await artifactsOfRuns([run.id])).filter(({ path }) => path === artifactPath).map((row) => row.destinationId),
  );
  const ids = await destinationIdsOf(run);
  const rows = (await listEndpoints("destinations", { limit: 10_000 })).filter(({ id }) =>
    ids ? ids.includes(id) : true,
  );
  let isComplete = true;
  for (const row of rows) {
    if (recorded.has(row.id)) continue;
    const isDone = await withinLook(stop, run.id, row.name, (signal) =>
      removeFrom(bind(row, signal), run.id, artifactPath),
    );
    if (!isDone) isComplete = false;
  }
  return isComplete;
}

/** Does one look within its time. @param place for the log @returns false when it failed */
async function withinLook(
  stop: AbortSignal,
  runId: string,
  place: string,
  look: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const controller = new AbortController();
  const end = () => controller.abort(new RunError("The look was ended.", { kind: "interrupted" }));
  const timer = setTimeout(end, ANSWER_MS);
  stop.addEventListener("abort", end, { once: true });
  try {
    stop.throwIfAborted();
    await look(controller.signal);
    return true;
  } catch (error) {
    log.warn("could not look for files that a run left", { runId, place, reason: toRunError(error).message });
    return false;
  } finally {
    clearTimeout(timer);
    stop.removeEventListener("abort", end);
    end();
  }
}

async function removeDraftOf(runId: string, draft: string, signal: AbortSignal): Promise<void> {
  if (!(await removeDraft(draft, signal))) return;
  log.warn("removed what an interrupted restore left", { runId, draft });
  const runLog = await RunLog.open(runId);
  runLog.line(`Removed ${draft}: an interrupted restore had left it`);
  await runLog.flush();
}

/** An archive that was made and never recorded. Its name has a part of its own, so that it is the run's for certain. */
async function removeArchiveOf(
  runId: string,
  repositoryId: string,
  archive: string,
  signal: AbortSignal,
): Promise<void> {
  const found = await findRepository(repositoryId);
  if (!found || (await artifactsOfRuns([runId])).some(({ path }) => path === archive)) return;
  const repository = openRepository(found.repository);
  const tools = toolsFor({ signal, redact: redactor(secretsOf(repository)), adviceFor: installAdvice });
  const workDir = await mkdtemp(join(tmpdir(), "belfry-stray-"));
  try {
    const io = { signal, tools, log: () => undefined, workDir };
    if (!(await repositoryProgram(repository.kind).remove(repository, archive, io))) return;
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
  log.warn("removed an archive that an interrupted run left", { runId, archive, repository: repository.name });
  const runLog = await RunLog.open(runId);
  runLog.line(`Removed ${archive} from ${repository.name}: it was left behind, not recorded`);
  await runLog.flush();
}

/** The path of a stored file while it is written. */
export function halfWritten(path: string): string {
  return path.endsWith(HALF_WRITTEN) ? path : `${path}${HALF_WRITTEN}`;
}

/** @param path of the file, or only of what is half written of it */
async function removeFrom(destination: BoundDestination, runId: string, path: string): Promise<void> {
  for (const file of new Set([halfWritten(path), path])) {
    const state = file.endsWith(HALF_WRITTEN) ? "half written" : "not verified";
    if (!(await destination.remove(file))) continue;
    log.warn("removed a file that an interrupted run left", { runId, file, state, destination: destination.name });
    const runLog = await RunLog.open(runId);
    runLog.line(`Removed ${file} from ${destination.name}: it was left behind, ${state}`);
    await runLog.flush();
  }
}

function bind(row: EndpointRow, signal: AbortSignal): BoundDestination {
  const endpoint = openEndpoint(row);
  const redact = redactor(endpoint.secrets);
  const tools = toolsFor({ signal, redact, adviceFor: installAdvice });
  return bindDestination(endpoint, { signal, tools, log: () => undefined });
}

/** Where the run wrote; null: nobody knows any longer, so every destination is looked at. */
async function destinationIdsOf(run: RunRow): Promise<string[] | null> {
  if (run.kind !== "config_backup") return run.jobId ? ((await findJob(run.jobId))?.destinationIds ?? null) : null;
  const id = run.params.destinationId ?? (await configBackupSettings()).destinationId;
  return id ? [id] : null;
}
