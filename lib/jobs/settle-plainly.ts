import type { RunRow } from "@/db/stores/runs";
import { failRunDirectly, failRunOfWorkerChange } from "@/db/stores/settle-run";
import { messageOf } from "@/lib/core/errors";
import type { EventDraft, Subject } from "@/lib/core/event";
import { loggerOf } from "@/lib/core/logger";
import { isRepositoryTask } from "@/lib/core/repository";
import { emit } from "@/lib/dispatch/emit";
import { eventOfRun } from "@/lib/events/catalog";
import { systemError } from "@/lib/events/system-error";
import { cutError } from "./run-result";
import { targetName } from "./target";
import { canPass } from "./until-stored";

const log = loggerOf("runner");

const RUNNER: Subject = { kind: "component", id: "runner", name: "Runner" };

/**
 * Fails a run whose result could not be recorded because of a defect, by a path that cannot have the same: its event
 * is made of the run's row alone; when that fails too, the row is written without an event, which the orphan watch
 * adds. Raises `system.error` in any case.
 * @param reason what could not be done, in a sentence
 * @throws only when the database cannot be written
 */
export async function settlePlainly(run: RunRow, reason: string, defect: unknown): Promise<void> {
  const error = cutError(`${reason} ${causeOf(defect)}`);
  const at = Date.now();
  log.error("failed to settle a run because of a defect, failing it", { runId: run.id, error: defect });
  try {
    await emit(plainFailureDraft(run, at, error), failRunOfWorkerChange(run, at, error));
  } catch (failure) {
    if (canPass(failure)) throw failure;
    log.error("failed to emit the event of a run, failing it without", { runId: run.id, error: failure });
    await failRunDirectly(run, at, error);
  }
  await raiseSystemError(`The result of the run of ${run.name} could not be recorded as it was. ${error}`);
}

/** The event of a failed run, made of its row alone. */
export function plainFailureDraft(run: RunRow, at: number, error: string): EventDraft {
  return {
    type: eventOfRun(run.kind, "failure").type,
    subject: plainSubject(run),
    at,
    data: {
      run: {
        id: run.id,
        status: "failure",
        startedAt: run.startedAt,
        finishedAt: at,
        bytes: null,
        files: null,
        attempts: run.attempts,
      },
      error,
    },
  };
}

/** Says that results are recorded again. */
export async function resolveSystemError(): Promise<void> {
  await emit({ ...systemError.draft({ subject: RUNNER, data: {} }), status: "resolved" });
}

async function raiseSystemError(error: string): Promise<void> {
  const advice = "This is a defect of Belfry: please report it with the log of the process.";
  await emit(systemError.draft({ subject: RUNNER, data: { error, advice } })).catch((failure: unknown) => {
    log.error("failed to raise system.error", { error: failure });
  });
}

/** Drizzle's own message shows the query with everything in it; the driver's says what is wrong. */
function causeOf(defect: unknown): string {
  const { cause } = (defect ?? {}) as { cause?: unknown };
  return messageOf(cause instanceof Error ? cause : defect);
}

function plainSubject(run: RunRow): Subject {
  if (run.kind === "config_backup") return { kind: "installation", id: "belfry", name: "Belfry" };
  if (run.kind === "sync") return { kind: "sync", id: run.syncId ?? run.id, name: run.name };
  if (isRepositoryTask(run.kind)) return { kind: "repository", id: run.repositoryId ?? run.id, name: run.name };
  const { target } = run.params;
  // The id that the next restore to it has too, so that one that succeeds ends the problem.
  if (run.kind === "restore") return { kind: "restore", id: target ? targetName(target).id : run.id, name: run.name };
  return { kind: "job", id: run.jobId ?? run.id, name: run.name };
}
