import type { ReportedJob } from "@/db/queries/job-receivers";
import type { SignalRow } from "@/db/queries/signals";
import { newId } from "@/lib/core/id";
import type { Keywords } from "@/lib/core/job";
import { sharedState } from "@/lib/core/runtime";
import type { Signal } from "@/lib/receivers/contract";
import { keywordState, stateByKeywords } from "@/lib/receivers/keywords";
import { type Redact, redactor } from "@/lib/secrets/redact";
import { redactAddresses } from "@/lib/secrets/redact-addresses";
import { openJobReceiver } from "./secrets";

/** Who sent a request, and how. */
export interface SignalSender {
  /** The receiver's id. */
  receiver: string;
  method: string;
  userAgent: string | null;
  /** The caller's address. */
  address: string | null;
  /** The same for what it sends again because it got no answer. */
  repeatKey?: string;
}

const MESSAGE_CHARS = 1_000;
const RUN_KEY_CHARS = 200;
const AGENT_CHARS = 200;
/** Kept of a log, from its beginning and from its end: the error stands at the end. */
const LOG_CHARS = { head: 128 * 1024, tail: 256 * 1024 };
/** The largest number that both databases keep, and a screen can show. */
const MAX_NUMBER = 2 ** 50;
const MAX_INTEGER = 2 ** 31 - 1;

/** Signals as they are stored: bounded, storable in either database, without the secrets that a log may name. @param now milliseconds */
export function signalRows(
  job: Pick<ReportedJob, "id" | "enabled" | "secrets" | "keywords">,
  signals: readonly Signal[],
  sender: SignalSender,
  now: number,
): SignalRow[] {
  const own = redactorOf(job.secrets);
  const clean = (text: string | undefined) =>
    text === undefined || text.trim() === "" ? null : redactAddresses(own(storable(text)));
  return signals.map((signal) => ({
    id: newId("sig"),
    jobId: job.id,
    receiver: sender.receiver,
    ...readKeywords(signal, job.keywords),
    runKey: signal.runKey ? storable(signal.runKey).slice(0, RUN_KEY_CHARS) : null,
    at: now,
    startedAt: whole(signal.startedAt, MAX_NUMBER),
    finishedAt: whole(signal.finishedAt, MAX_NUMBER),
    durationMs: whole(signal.durationMs, MAX_NUMBER),
    bytes: whole(signal.bytes, MAX_NUMBER),
    files: whole(signal.files, MAX_INTEGER),
    exitCode: whole(signal.exitCode, MAX_INTEGER),
    message: clean(signal.message)?.slice(0, MESSAGE_CHARS) ?? null,
    log: clean(signal.log === undefined ? undefined : headAndTail(signal.log)),
    method: sender.method.slice(0, 20),
    userAgent: sender.userAgent ? storable(sender.userAgent).slice(0, AGENT_CHARS) : null,
    address: sender.address,
    runId: null,
    repeatKey: sender.repeatKey ?? null,
    // Of a paused job nothing becomes a run: it is noted, and that is all.
    foldedAt: job.enabled ? null : now,
  }));
}

/** Looked for in all that was sent, also in what is not kept. */
function readKeywords({ state, message = "", log = "" }: Signal, keywords: Keywords | null) {
  const found = keywordState(`${message}\n${log}`, keywords);
  return { state: stateByKeywords(state, found), found };
}

/** Opening secrets and looking for their forms costs more than all else of a report: those of the jobs that report are kept. */
const redactors = sharedState("receivers.redactors", () => new Map<string, Redact>());
const KEPT_REDACTORS = 1_000;

function redactorOf(sealed: string): Redact {
  const known = redactors.get(sealed);
  if (known) return known;
  const { token, uuid } = openJobReceiver(sealed);
  const redact = redactor([token, uuid]);
  if (redactors.size >= KEPT_REDACTORS) redactors.clear();
  redactors.set(sealed, redact);
  return redact;
}

/** PostgreSQL keeps neither NUL nor halves of characters. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll("\u0000", "\uFFFD");
}

function whole(value: number | undefined, most: number): number | null {
  return value === undefined || !Number.isFinite(value) || value < 0 || value > most ? null : Math.round(value);
}

function headAndTail(text: string): string {
  const { head, tail } = LOG_CHARS;
  if (text.length <= head + tail) return text;
  const left = text.length - head - tail;
  return `${text.slice(0, head)}\n… ${left} characters left out …\n${text.slice(-tail)}`;
}
