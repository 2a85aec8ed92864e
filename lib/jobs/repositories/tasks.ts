import { findRepository } from "@/db/queries/repositories";
import { recordRepositoryState } from "@/db/stores/repositories";
import type { RunRow } from "@/db/stores/runs";
import { formatBytes, pluralize } from "@/lib/core/format-units";
import type { RepositoryTask } from "@/lib/core/repository";
import type { IoFor, JobIo } from "../contract";
import { startError, toRunError } from "../run-error";
import { type RunResult, successResult } from "../run-result";
import type { OpenRepository } from "./contract";
import { openRepository, secretsOf } from "./open-repository";
import { repositoryProgram } from "./registry";
import { repositoryBytes } from "./repository-bytes";
import { forgetMissing } from "./retention";

/** Executes a check, a compact or a prune of a whole repository. @throws RunError */
export async function runRepositoryTask(run: RunRow, task: RepositoryTask, ioFor: IoFor): Promise<RunResult> {
  const found = await findRepository(run.repositoryId ?? "");
  if (!found) throw startError("The repository was removed.");
  const repository = openRepository(found.repository);
  const io = ioFor(secretsOf(repository));
  const { retention, compactsAfterPrune } = found.repository;
  if (task === "check") await check(repository, io);
  const result =
    task === "check"
      ? successResult(0, null)
      : task === "compact"
        ? successResult(await compact(repository, io), null)
        : await prune(repository, retention, compactsAfterPrune, io);
  await readFigures(repository, io);
  return task === "check" ? { ...result, bytes: null } : result;
}

async function check(repository: OpenRepository, io: JobIo): Promise<void> {
  io.log(`Checking ${repository.name}`);
  await repositoryProgram(repository.kind).check(repository, io);
  io.log("No error was found");
}

/** @returns the bytes that it takes less than before, as measured */
async function compact(repository: OpenRepository, io: JobIo): Promise<number> {
  io.log(`Compacting ${repository.name}`);
  const before = await repositoryBytes(repository, io);
  const counted = await repositoryProgram(repository.kind).compact(repository, io);
  const after = await repositoryBytes(repository, io);
  const freed = before === null || after === null ? (counted ?? 0) : Math.max(before - after, 0);
  io.log(`Freed ${formatBytes(freed)}`);
  return freed;
}

async function prune(
  repository: OpenRepository,
  retention: Parameters<ReturnType<typeof repositoryProgram>["prune"]>[1] | null,
  compactsAfterPrune: boolean,
  io: JobIo,
): Promise<RunResult> {
  if (!retention)
    throw startError("Nothing says which archives a prune keeps.", "Set what is kept in the repository's settings.");
  io.log(`Pruning ${repository.name}`);
  const { removed, kept, others } = await repositoryProgram(repository.kind).prune(repository, retention, null, io);
  await forgetMissing(repository, io);
  io.log(`${pluralize(removed, "archive")} removed, ${kept} kept`);
  if (others > 0) io.log(`${pluralize(others, "archive")} that no job of Belfry made stay as they are`);
  const freed = compactsAfterPrune ? await compact(repository, io) : 0;
  return successResult(freed, removed);
}

/** What it holds now, for its page. That it could not be read changes nothing of the result. */
export async function readFigures(repository: OpenRepository, io: JobIo): Promise<void> {
  try {
    const figures = await repositoryProgram(repository.kind).figures(repository, io);
    await recordRepositoryState({ repositoryId: repository.id, ...figures, readAt: Date.now() });
  } catch (error) {
    io.signal.throwIfAborted();
    io.log(`What it holds could not be read: ${toRunError(error).message}`);
  }
}
