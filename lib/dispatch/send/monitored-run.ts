import { createHash } from "node:crypto";
import { lastOutcome, runLogPieces } from "@/db/queries/dispatch";
import type { ClaimedEvent } from "@/db/stores/outbox";
import type { JobState } from "@/lib/core/job";
import { jobOutcomeOf } from "@/lib/events/catalog";
import type { MonitoredRun } from "@/lib/providers/contract";

/**
 * What the event says about a run, for services that follow its states; nothing for events that are not a job's.
 * @param withLog reads the run's log as well
 */
export async function monitoredRun(event: ClaimedEvent, withLog: boolean): Promise<MonitoredRun | undefined> {
  const state = jobOutcomeOf(event.type);
  const { job, run, error } = event.data;
  if (!state || !job) return undefined;
  const facts = runOfEvent(event, state, job);
  if (error) facts.error = error;
  const previousState = state === "start" ? await lastOutcome(job.id, event.runId) : null;
  if (previousState) facts.previousState = previousState;
  if (withLog && event.runId) facts.logLines = linesOf(await runLogPieces(event.runId));
  if (run?.startedAt) facts.startedAt = run.startedAt;
  if (run?.finishedAt) facts.finishedAt = run.finishedAt;
  if (run?.bytes !== undefined && run.bytes !== null) facts.bytes = run.bytes;
  return facts;
}

/** The facts that the event itself holds. */
export function runOfEvent(event: ClaimedEvent, state: JobState, job: MonitoredRun["job"]): MonitoredRun {
  // A missed schedule has no run: the event stands for the one that did not happen.
  const id = event.data.run?.id ?? event.id;
  return { id, rid: uuidOf(id), state, job: { id: job.id, name: job.name, slug: job.slug } };
}

/** The same UUID for the same id, always: version 8 of RFC 9562, whose bits are the maker's own. */
function uuidOf(id: string): string {
  const bytes = createHash("sha256").update(id).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** A piece may end in the middle of a line: the line has the time of its beginning. */
function linesOf(pieces: readonly { at: number; text: string }[]): { at: number; text: string }[] {
  const lines: { at: number; text: string }[] = [];
  let open: { at: number; text: string } | null = null;
  for (const { at, text } of pieces) {
    const parts = text.split("\n");
    parts.forEach((part, index) => {
      open ??= { at, text: "" };
      open.text += part;
      if (index < parts.length - 1) {
        lines.push(open);
        open = null;
      }
    });
  }
  const rest = open as { at: number; text: string } | null;
  if (rest?.text) lines.push(rest);
  return lines;
}
