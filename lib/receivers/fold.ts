import type { KeywordState, SignalState } from "@/lib/core/signal";

/** Times in milliseconds. */
const SECOND = 1_000;
/** What several hooks of one run say arrives within this time: borgmatic waits up to ten seconds for each that does not answer. */
export const FOLD_MS = 30 * SECOND;
/** The same protocol says the same again within this time: its client tries again after an answer that it did not get. */
export const REPEAT_MS = 15 * SECOND;
/** How long an end waits for what else is said about it, so that one message has all of it. */
export const SETTLE_MS = SECOND;
/** Further from its arrival a time that a sender names is not believed. */
const LONGEST_RUN_MS = 14 * 86_400 * SECOND;
/** So much later than its end a program may report it, by its own clock. */
const LATEST_REPORT_MS = 600 * SECOND;

type EndState = "success" | "warning" | "failure";
const RANK: Record<EndState, number> = { success: 0, warning: 1, failure: 2 };

/** A signal that is counted towards a run already. */
export interface SaidSignal {
  receiver: string;
  state: SignalState;
  at: number;
}

/** A run as it is stored. */
export interface KnownRun {
  id: string;
  runKey: string | null;
  status: "running" | EndState | "canceled";
  startedAt: number | null;
  finishedAt: number | null;
  /** It was failed because nobody reported its end: a report corrects that. */
  isGivenUp: boolean;
  /** The worst that the job's keywords find in what was said about it. */
  found: KeywordState | null;
  said: SaidSignal[];
}

/** A signal that waits to be counted. */
export interface PendingSignal {
  id: string;
  receiver: string;
  state: SignalState;
  runKey: string | null;
  /** When it arrived. */
  at: number;
  startedAt: number | null;
  finishedAt: number | null;
  durationMs: number | null;
  /** What the keywords of the job find in its text. */
  found: KeywordState | null;
}

/** What follows from the signals of a job, in this order. Each step counts its signals. */
export type FoldStep =
  | { kind: "begin"; runId: string; runKey: string | null; startedAt: number; signals: string[] }
  | { kind: "attach"; runId: string; signals: string[] }
  | {
      kind: "settle";
      runId: string;
      /** The run has no row yet: nobody reported its start. */
      isNew: boolean;
      /** It had been given up, and that was wrong. */
      isCorrection: boolean;
      runKey: string | null;
      status: EndState;
      startedAt: number | null;
      finishedAt: number;
      signals: string[];
    }
  /** Another run began while nobody had reported its end. */
  | { kind: "giveUp"; runId: string; at: number }
  /** They belong to no run. */
  | { kind: "drop"; signals: string[] };

export interface Folded {
  steps: FoldStep[];
  /** When to look again at what waits; null when nothing does. */
  wakeAt: number | null;
}

interface FoldOptions {
  now: number;
  newRunId(): string;
}

/** A run while it is worked on. */
interface Draft {
  run: KnownRun;
  isNew: boolean;
  /** Its end is stored. */
  isSettled: boolean;
  /** How it ended by what was said; null while it runs. */
  ended: EndState | null;
  /** The worst that keywords found in any text of it. */
  found: EndState | null;
  endedAt: number | null;
  /** When something was said about it last. */
  lastAt: number;
  startedAt: number | null;
  /** Signals of its end, which wait for it to be settled. */
  waiting: string[];
}

/**
 * Joins the signals of one job, however many protocols they came by, to runs: all that is said about one run becomes one run.
 * - A start opens a run. The same said by another hook, or again by a client that tries again, changes nothing.
 * - An end settles the open run; one that comes without a start is a run of its own. The worst that is said counts.
 * - Run ids keep overlapping runs apart.
 * - A success never takes back a failure of the same run.
 * @param runs open ones, and those that ended within `FOLD_MS`, oldest first; also the newest when it was given up
 * @param signals in the order of their arrival
 */
export function foldSignals(
  runs: readonly KnownRun[],
  signals: readonly PendingSignal[],
  options: FoldOptions,
): Folded {
  const fold = new Fold(runs, options);
  for (const signal of signals) fold.take(signal);
  return fold.finish();
}

class Fold {
  private readonly drafts: Draft[];
  private readonly steps: FoldStep[] = [];
  /** Logs that came before anything else of their run. */
  private looseLogs: PendingSignal[] = [];

  constructor(
    runs: readonly KnownRun[],
    private readonly options: FoldOptions,
  ) {
    this.drafts = runs.map((run) => ({
      run,
      isNew: false,
      isSettled: run.status !== "running",
      ended: run.status === "running" ? null : run.status === "canceled" ? "failure" : run.status,
      found: run.found,
      endedAt: run.finishedAt,
      lastAt: Math.max(run.startedAt ?? 0, run.finishedAt ?? 0, ...run.said.map(({ at }) => at)),
      startedAt: run.startedAt,
      waiting: [],
    }));
  }

  take(signal: PendingSignal): void {
    const { state, found } = signal;
    const draft =
      state === "start" ? this.takeStart(signal) : isEnd(state) ? this.takeEnd(signal, state) : this.takeLog(signal);
    if (!draft) return;
    if (found && state !== "start") draft.found = worse(draft.found, found);
    draft.lastAt = Math.max(draft.lastAt, signal.at);
    draft.run.said.push({ receiver: signal.receiver, state, at: signal.at });
  }

  private takeStart(signal: PendingSignal): Draft {
    const known = this.startedDraft(signal);
    if (known) {
      // A hook that knows the time better than the arrival of the first one.
      this.attach(known, signal);
      return known;
    }
    if (signal.runKey === null) this.giveUpUnended(signal.at);
    const draft = this.newDraft(signal);
    draft.isNew = false;
    draft.startedAt = believedStart(signal) ?? signal.at;
    const { id: runId, runKey } = draft.run;
    this.steps.push({ kind: "begin", runId, runKey, startedAt: draft.startedAt, signals: [signal.id] });
    return draft;
  }

  /** The run whose start it says again. */
  private startedDraft({ runKey, receiver, at }: PendingSignal): Draft | undefined {
    if (runKey !== null) return this.drafts.findLast(({ run }) => run.runKey === runKey);
    return this.drafts.findLast((draft) => {
      if (draft.ended !== null) return false;
      const own = draft.run.said.find((said) => said.receiver === receiver && said.state === "start");
      if (own) return draft.run.runKey === null && at - own.at <= REPEAT_MS;
      return at - (draft.run.said[0]?.at ?? draft.startedAt ?? 0) <= FOLD_MS;
    });
  }

  private giveUpUnended(at: number): void {
    for (const draft of this.drafts) {
      if (draft.ended !== null || draft.run.runKey !== null) continue;
      draft.ended = "failure";
      draft.endedAt = at;
      draft.isSettled = true;
      this.steps.push({ kind: "giveUp", runId: draft.run.id, at });
    }
  }

  private takeLog(signal: PendingSignal): Draft | null {
    const { runKey, at } = signal;
    const draft =
      runKey === null
        ? (this.drafts.findLast(({ ended }) => ended === null) ??
          this.drafts.findLast(({ endedAt }) => endedAt !== null && at - endedAt <= FOLD_MS))
        : this.drafts.findLast(({ run }) => run.runKey === runKey);
    if (!draft) {
      this.looseLogs.push(signal);
      return null;
    }
    this.attach(draft, signal);
    return draft;
  }

  private takeEnd(signal: PendingSignal, state: EndState): Draft {
    const known = this.endedDraft(signal, state);
    const draft = known ?? this.newDraft(signal);
    if (draft.isSettled) {
      // It is settled, and this adds nothing to how.
      this.attach(draft, signal);
      return draft;
    }
    draft.ended = worse(draft.ended, state);
    draft.endedAt ??= believedEnd(signal, draft.startedAt) ?? signal.at;
    draft.startedAt = earliest(draft.startedAt, startOf(signal, draft.endedAt));
    draft.waiting.push(signal.id);
    return draft;
  }

  /** The run whose end it says, or says again. */
  private endedDraft({ runKey, receiver, at }: PendingSignal, state: EndState): Draft | undefined {
    const keyed = runKey === null ? undefined : this.drafts.findLast(({ run }) => run.runKey === runKey);
    if (keyed) return isCorrected(keyed, state) ? this.reopen(keyed) : keyed;
    if (runKey !== null) return undefined;
    const open =
      this.drafts.findLast(({ ended, run }) => ended === null && run.runKey === null) ??
      this.drafts.findLast(({ ended }) => ended === null);
    if (open) return open;
    const last = this.drafts.at(-1);
    if (!last) return undefined;
    if (isCorrected(last, state)) return this.reopen(last);
    if (last.endedAt === null || at - Math.max(last.endedAt, last.lastAt) > FOLD_MS) return undefined;
    const own = last.run.said.findLast((said) => said.receiver === receiver && said.state in RANK);
    if (own) return own.state === state && at - own.at <= REPEAT_MS ? last : undefined;
    // Settled as something better: the worse is a result that nobody has heard of yet.
    const isWorse = RANK[state] > RANK[last.ended ?? "success"];
    return isWorse && last.isSettled ? undefined : last;
  }

  private reopen(draft: Draft): Draft {
    draft.isSettled = false;
    draft.ended = null;
    draft.endedAt = null;
    return draft;
  }

  private newDraft({ runKey, at }: PendingSignal): Draft {
    const run: KnownRun = {
      id: this.options.newRunId(),
      runKey,
      status: "running",
      startedAt: null,
      finishedAt: null,
      isGivenUp: false,
      found: null,
      said: [],
    };
    const draft: Draft = {
      run,
      isNew: true,
      isSettled: false,
      ended: null,
      found: null,
      endedAt: null,
      lastAt: at,
      startedAt: null,
      waiting: [],
    };
    const logs = this.looseLogs.filter((log) => log.runKey === runKey && at - log.at <= FOLD_MS);
    this.looseLogs = this.looseLogs.filter((log) => !logs.includes(log));
    for (const log of logs) {
      draft.waiting.push(log.id);
      if (log.found) draft.found = worse(draft.found, log.found);
    }
    this.drafts.push(draft);
    return draft;
  }

  private attach(draft: Draft, { id }: PendingSignal): void {
    if (draft.isNew || (draft.ended !== null && !draft.isSettled)) draft.waiting.push(id);
    else this.attachNow(draft.run.id, id);
  }

  /** What is said in a row about one run is counted together. */
  private attachNow(runId: string, id: string): void {
    const last = this.steps.at(-1);
    if (last?.kind === "attach" && last.runId === runId) last.signals.push(id);
    else this.steps.push({ kind: "attach", runId, signals: [id] });
  }

  finish(): Folded {
    const { now } = this.options;
    let wakeAt: number | null = null;
    for (const draft of this.drafts) {
      if (draft.ended === null || draft.endedAt === null || draft.isSettled) continue;
      const dueAt = draft.lastAt + SETTLE_MS;
      // A clock that was ahead must not keep an end from being notified.
      if (dueAt > now && draft.lastAt <= now) {
        wakeAt = Math.min(wakeAt ?? dueAt, dueAt);
        continue;
      }
      this.steps.push({
        kind: "settle",
        runId: draft.run.id,
        isNew: draft.isNew,
        isCorrection: draft.run.isGivenUp,
        runKey: draft.run.runKey,
        status: worse(draft.ended, draft.found === "success" ? null : draft.found),
        startedAt: draft.startedAt,
        finishedAt: draft.endedAt,
        signals: draft.waiting,
      });
    }
    const [late, early] = [
      this.looseLogs.filter(({ at }) => isOld(at, now)),
      this.looseLogs.filter(({ at }) => !isOld(at, now)),
    ];
    if (late.length > 0) this.steps.push({ kind: "drop", signals: late.map(({ id }) => id) });
    for (const { at } of early) wakeAt = Math.min(wakeAt ?? Number.POSITIVE_INFINITY, at + 2 * SETTLE_MS);
    return { steps: this.steps, wakeAt };
  }
}

function isEnd(state: SignalState): state is EndState {
  return state in RANK;
}

function isOld(at: number, now: number): boolean {
  return at > now || now - at >= 2 * SETTLE_MS;
}

/** A run that was given up, of which a program says that it was well after all. */
function isCorrected({ run, ended }: Draft, state: EndState): boolean {
  return run.isGivenUp && ended === "failure" && state !== "failure" && run.status === "failure";
}

function worse(one: EndState | null, other: EndState | null): EndState {
  if (one === null || other === null) return one ?? other ?? "success";
  return RANK[one] >= RANK[other] ? one : other;
}

function earliest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}

/** A start that the sender names, unless its clock is wrong. */
function believedStart({ startedAt, at }: PendingSignal): number | null {
  return startedAt !== null && startedAt <= at && at - startedAt <= LONGEST_RUN_MS ? startedAt : null;
}

function believedEnd({ finishedAt, at }: PendingSignal, startedAt: number | null): number | null {
  if (finishedAt === null || finishedAt > at || at - finishedAt > LATEST_REPORT_MS) return null;
  return startedAt !== null && finishedAt < startedAt ? null : finishedAt;
}

/** When a run began, by what its end says. */
function startOf(signal: PendingSignal, endedAt: number): number | null {
  const { durationMs } = signal;
  const byDuration =
    durationMs !== null && durationMs >= 0 && durationMs <= LONGEST_RUN_MS ? endedAt - durationMs : null;
  return believedStart(signal) ?? byDuration;
}
