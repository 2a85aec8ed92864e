import { findJob, isManaged } from "@/db/queries/jobs";
import type { RunRow } from "@/db/stores/runs";
import { HOOK_MOMENTS } from "@/lib/core/hook";
import type { RunLog } from "../run-log";
import type { RunResult } from "../run-result";
import { executeWithHooks, failedByHooks, type HookedRun } from "./around-run";

/**
 * Executes an attempt of any run, with hooks around it where its job has some. Never throws.
 * @param attempt gets a controller of its own, since it ends that when it is over: hooks follow it
 */
export async function executeHooked(
  run: RunRow,
  controller: AbortController,
  log: RunLog,
  { stopping, folder }: Pick<HookedRun, "stopping" | "folder">,
  attempt: (controller: AbortController) => Promise<RunResult>,
): Promise<RunResult> {
  let job: Pick<HookedRun, "whole" | "hooks"> | null;
  try {
    job = await hookedJobOf(run);
  } catch (error) {
    return failedByHooks(error, log);
  }
  if (!job) return await attempt(controller);
  const { signal } = controller;
  return await executeWithHooks({ run, ...job, log, signal, stopping, folder }, async () => {
    const inner = new AbortController();
    const onAbort = () => inner.abort(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await attempt(inner);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  });
}

async function hookedJobOf(run: RunRow): Promise<Pick<HookedRun, "whole" | "hooks"> | null> {
  if (run.kind !== "backup" || run.jobId === null) return null;
  const whole = await findJob(run.jobId);
  if (!whole || !isManaged(whole)) return null;
  const { hooks } = whole.job;
  return hooks && HOOK_MOMENTS.some((moment) => hooks[moment].length > 0) ? { whole, hooks } : null;
}
