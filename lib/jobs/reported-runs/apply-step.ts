import type { ExternalJob } from "@/db/queries/jobs";
import { type SignalRow, signalTexts } from "@/db/queries/signals";
import { newRun } from "@/db/stores/new-run";
import type { RunRow } from "@/db/stores/runs";
import {
  beginReportedRunChange,
  countSignals,
  giveUpReportedRunChange,
  replaceReportedLog,
  settleReportedRunChange,
} from "@/db/stores/signals";
import { expectedAfterRun } from "@/lib/core/cron/expected-report";
import { emit } from "@/lib/dispatch/emit";
import type { FoldStep } from "@/lib/receivers/fold";
import { runEventDraft, startedEventDraft } from "../run-events";
import { composeLog } from "./compose-log";
import { endReason } from "./end-reason";
import { skipReason } from "./skip-reason";

/** It was reported as a success, and no backup was made: nothing is resolved by it. */
const SKIPPED = { status: "canceled", reasonCode: "skipped" } as const;

/** A job whose signals are counted. */
export interface FoldedJob {
  job: ExternalJob;
  /** Its runs as they were read, and those that steps have begun since. */
  runs: Map<string, RunRow>;
  signals: ReadonlyMap<string, Omit<SignalRow, "log">>;
  now: number;
}

/** Applies one step, in one transaction with the signals that it counts. @throws when it could not be stored: then nothing of it was */
export async function applyStep(step: FoldStep, folded: FoldedJob): Promise<void> {
  if (step.kind === "begin") await begin(step, folded);
  else if (step.kind === "settle") await settle(step, folded);
  else if (step.kind === "giveUp") await giveUp(step, folded);
  else if (step.kind === "attach") await attach(step, folded);
  else await countSignals(step.signals, null, folded.now);
}

function reportedRun({ job, now }: FoldedJob, id: string, runKey: string | null, startedAt: number | null): RunRow {
  return {
    ...newRun({
      id,
      kind: "backup",
      jobId: job.id,
      name: job.name,
      trigger: "api",
      queuedAt: now,
      executor: "external",
    }),
    runKey,
    status: "running",
    startedAt,
    attempts: 1,
  };
}

type StepOf<K extends FoldStep["kind"]> = Extract<FoldStep, { kind: K }>;

async function begin({ runId, runKey, startedAt, signals }: StepOf<"begin">, folded: FoldedJob): Promise<void> {
  const run = reportedRun(folded, runId, runKey, startedAt);
  const draft = await startedEventDraft(run, startedAt);
  await emit(draft, beginReportedRunChange(run, signals, folded.now));
  folded.runs.set(runId, run);
}

async function settle(step: StepOf<"settle">, folded: FoldedJob): Promise<void> {
  const { runId, isNew, isCorrection, runKey, status, startedAt, finishedAt } = step;
  const { job, now } = folded;
  const known = folded.runs.get(runId) ?? reportedRun(folded, runId, runKey, startedAt);
  const texts = await signalTexts(runId, step.signals);
  const skipped = status === "failure" ? null : skipReason(texts);
  const error = skipped ?? (status === "success" ? null : endReason(status, texts, job.keywords));
  const outcome = skipped === null ? ({ status } as const) : SKIPPED;
  const said = step.signals.flatMap((id) => folded.signals.get(id) ?? []);
  const bytes = most(said.map((signal) => signal.bytes));
  const files = most(said.map((signal) => signal.files));
  const run: RunRow = { ...known, ...outcome, startedAt, finishedAt, bytes, files, error, advice: null };
  const draft = await runEventDraft(run, {
    status: outcome.status,
    at: finishedAt,
    bytes,
    files,
    error,
    advice: null,
  });
  const nextRunAt = nextReport(job, { startedAt, finishedAt });
  const end = { run, isNew, isCorrection, signals: step.signals, log: composeLog(texts), nextRunAt, now };
  await emit(draft, settleReportedRunChange(end));
  folded.runs.set(runId, run);
}

async function giveUp({ runId, at }: StepOf<"giveUp">, folded: FoldedJob): Promise<void> {
  const run = folded.runs.get(runId);
  if (!run) return;
  const error = "Its end was never reported: another run of the job began.";
  const advice = "The program was killed, its machine was switched off, or its last report was lost.";
  const draft = await runEventDraft(run, { status: "failure", at, bytes: null, files: null, error, advice });
  await emit(draft, giveUpReportedRunChange(run, { at, error, advice }));
}

/** Counts what adds nothing to how a run goes; of one that has ended, its log may become richer. */
async function attach({ runId, signals }: StepOf<"attach">, folded: FoldedJob): Promise<void> {
  const { runs, now } = folded;
  await countSignals(signals, runId, now);
  const run = runs.get(runId);
  if (run && run.status !== "running") await replaceReportedLog(runId, composeLog(await signalTexts(runId, [])), now);
}

/** @returns undefined for a schedule that cannot be read: what is stored stays */
function nextReport(
  job: ExternalJob,
  run: { startedAt: number | null; finishedAt: number },
): number | null | undefined {
  try {
    return expectedAfterRun(job, run, job.graceMinutes);
  } catch {
    return undefined;
  }
}

function most(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? Math.max(...known) : null;
}
