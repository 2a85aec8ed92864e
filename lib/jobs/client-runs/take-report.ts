import { findJob } from "@/db/queries/jobs";
import {
  type ClientAttempt,
  type ClientResult,
  failLostClientRunChange,
  requeueClientRun,
  settleClientRunChange,
  startClientRunChange,
  startClientRunWithoutEvent,
  takeLogPiece,
} from "@/db/stores/client-runs";
import type { RunRow } from "@/db/stores/runs";
import { loggerOf } from "@/lib/core/logger";
import { LONGEST } from "@/lib/core/longest-times";
import { sharedState } from "@/lib/core/runtime";
import { emit } from "@/lib/dispatch/emit";
import type { Redact } from "@/lib/secrets/redact";
import { runEventDraft, startedEventDraft } from "../run-events";
import { RunLog } from "../run-log";
import { cutError } from "../run-result";
import { settlePlainly } from "../settle-plainly";
import { canPass } from "../until-stored";

const log = loggerOf("client-runs");

/** What a client says of a run. */
export interface ClientReport {
  status: "running" | "success" | "warning" | "failure";
  /** Which attempt it speaks of; undefined: the current one. */
  attempt?: number;
  bytes: number | null;
  files: number | null;
  error: string | null;
  archive: string | null;
  /** The next piece of the log. */
  log: { text: string; from: number | null } | null;
  /** Takes the client's secrets out of what is kept. */
  redact: Redact;
}

/** A log is written in pieces of so many characters, with the times of its lines: a larger one would be cut in its middle. */
const LOG_PIECE = 30_000;
const TIME_CHARS = 22;

/** Reports of one run are taken one after the other, within this process. */
const turns = sharedState("client-runs.turns", () => new Map<string, Promise<void>>());

/**
 * Takes what a client says of a run of its own. What was said before, and what comes after the run has ended, changes nothing,
 * except that a late success corrects a run that was given up.
 * @throws what the database throws: then the client says it again
 */
export async function takeReport(run: RunRow, report: ClientReport, read: () => Promise<RunRow | null>): Promise<void> {
  const before = turns.get(run.id) ?? Promise.resolve();
  const turn = before.then(async () => {
    const current = await read();
    if (current) await take(current, report);
  });
  const settled = turn.catch(() => undefined);
  turns.set(run.id, settled);
  await turn.finally(() => {
    if (turns.get(run.id) === settled) turns.delete(run.id);
  });
}

async function take(run: RunRow, report: ClientReport): Promise<void> {
  const attempt = attemptOf(run, report);
  if (attempt === null) return;
  if (run.status === "queued" && !(await begin(run, attempt))) return;
  await appendLog(run, report);
  if (report.status === "running") return;
  const begun = { ...run, startedAt: run.startedAt ?? Date.now(), attempts: attempt.attempt };
  await settle(begun, attempt, { ...report, status: report.status });
}

/** Which attempt a report is about; null for one that says nothing new. */
function attemptOf(run: RunRow, { status, attempt }: ClientReport): ClientAttempt | null {
  const current = run.status === "queued" ? run.attempts + 1 : run.attempts;
  const isLost = run.status === "failure" && run.heartbeatAt === null;
  const isOpen = run.status === "queued" || run.status === "running";
  if (!isOpen && !(isLost && status !== "failure")) return null;
  if (isOpen && attempt !== undefined && attempt !== current) return null;
  return { runId: run.id, clientId: run.clientId ?? "", attempt: Math.max(1, current) };
}

async function begin(run: RunRow, attempt: ClientAttempt): Promise<boolean> {
  const now = Date.now();
  if (run.attempts > 0) return await startClientRunWithoutEvent(attempt, now);
  try {
    return (await emit(await startedEventDraft(run, now), startClientRunChange(attempt, now))) !== null;
  } catch (error) {
    if (canPass(error)) throw error;
    log.error("failed to emit the start of a run, starting it without", { runId: run.id, error });
    return await startClientRunWithoutEvent(attempt, now);
  }
}

async function appendLog(run: RunRow, { log: piece, redact }: ClientReport): Promise<void> {
  if (!piece || piece.text === "") return;
  let { text } = piece;
  if (piece.from !== null) {
    const bytes = Buffer.from(text);
    const from = await takeLogPiece(run.id, piece.from, piece.from + bytes.length);
    if (from === null) return;
    text = bytes.subarray(from - piece.from).toString("utf8");
  }
  const runLog = await RunLog.open(run.id);
  for (const lines of piecesOf(redact(text).replace(/\r?\n$/, ""))) {
    runLog.line(lines);
    await runLog.flush();
  }
}

/** Whole lines, as many as one piece takes. */
function piecesOf(text: string): string[] {
  const pieces: string[][] = [];
  let room = 0;
  for (const line of text.split("\n")) {
    if (pieces.length === 0 || room < line.length + TIME_CHARS) {
      pieces.push([]);
      room = LOG_PIECE;
    }
    pieces.at(-1)?.push(line);
    room -= line.length + TIME_CHARS;
  }
  return pieces.map((lines) => lines.join("\n"));
}

async function settle(run: RunRow, attempt: ClientAttempt, report: ClientReport & Pick<ClientResult, "status">) {
  const at = Date.now();
  const { status, bytes, files, redact } = report;
  const archive = report.archive && redact(report.archive);
  const error = status === "success" ? null : cutError(redact(report.error?.trim() || "The client gave no reason."));
  try {
    if (status === "failure" && (await requeueForRetry(run, attempt, error, at))) return;
    const draft = await runEventDraft(run, { status, at, bytes, files, error, advice: null });
    const change = settleClientRunChange(attempt, { status, at, bytes, files, error, archive });
    if (!(await emit(draft, change))) log.info("dropped what a client said of a run that has ended", { runId: run.id });
  } catch (defect) {
    if (canPass(defect)) throw defect;
    await settlePlainly(run, "The result of the run could not be recorded:", defect);
  }
}

/** @returns false when it was the last attempt, or the run has ended */
async function requeueForRetry(run: RunRow, attempt: ClientAttempt, error: string | null, now: number) {
  const retries = run.jobId ? ((await findJob(run.jobId))?.job.retries ?? 0) : 0;
  if (attempt.attempt > retries) return false;
  const delay = Math.min(30_000 * 2 ** (attempt.attempt - 1), LONGEST.runRetry);
  return await requeueClientRun(attempt, { notBefore: now + delay, error });
}

/** Fails a run that its client does not know: what the agent keeps of its runs was lost there. */
export async function giveUpUnknownRun(run: RunRow, at: number, client: string): Promise<void> {
  const error = `The client ${client} does not know this run any more: its agent was installed anew, or its folder was emptied.`;
  const draft = await runEventDraft(run, { status: "failure", at, bytes: null, files: null, error, advice: null });
  await emit(draft, failLostClientRunChange(run, at, { error, advice: null }));
}
