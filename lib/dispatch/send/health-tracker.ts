import { databaseNow } from "@/db/database-clock";
import { type ChannelState, type QueueLease, saveChannelState } from "@/db/stores/channel-queue";
import { loggerOf } from "@/lib/core/logger";
import {
  afterFailure,
  afterPause,
  afterSuccess,
  type Gate,
  gateOf,
  isRetryingLong,
  withoutImpossibleTimes,
} from "@/lib/policy/channel-health";
import { raiseFailing, raiseGone, raiseWorking } from "./channel-failing";
import { noticeStorageFault } from "./storage-watch";

const log = loggerOf("channel-health");

/** A channel that is new or was closed starts slowly, so that little is in flight when its service asks to slow down. */
const FIRST_WINDOW = 4;
const MAX_WINDOW = 256;
/** How stale the stored time of the last success may be. */
const SAVE_SUCCESS_MS = 30_000;

/** The names of a channel in notifications about it. */
export interface ChannelNames {
  name: string;
  providerName: string;
}

/** The health of one channel: kept here, written at every edge, reported to the others when it fails and when it works again. */
export class HealthTracker {
  /** How many sends may be in flight: few at first and after failures, one more with each success. */
  window = FIRST_WINDOW;
  private savedAt = 0;
  /** The writes of the state, one after the other: on PostgreSQL an older state could otherwise commit last. */
  private writes: Promise<void> = Promise.resolve();

  constructor(
    private readonly lease: QueueLease,
    private state: ChannelState,
  ) {}

  get isHealthy(): boolean {
    return this.state.health === "healthy";
  }

  get isRetrying(): boolean {
    return this.state.retryingSince !== null;
  }

  gate(now: number): Gate {
    this.state = withoutImpossibleTimes(this.state, now);
    return gateOf(this.state, now);
  }

  /** A person changed the channel: the state in the database counts. */
  replace(state: ChannelState): void {
    this.state = state;
    this.window = FIRST_WINDOW;
  }

  /** The service asked another sender to pause, for longer than is known here. */
  learnPause(stored: ChannelState): void {
    const { pausedUntil, pausedSince, lastError } = withoutImpossibleTimes(stored, databaseNow());
    if (pausedUntil === null || pausedUntil <= Math.max(databaseNow(), this.state.pausedUntil ?? 0)) return;
    this.state = { ...this.state, health: "paused", pausedUntil, pausedSince, lastError };
    this.window = FIRST_WINDOW;
  }

  succeeded(now: number, names: ChannelNames): void {
    const { health, failures, failingSince } = this.state;
    this.state = afterSuccess(this.state, now);
    this.window = Math.min(this.window + 1, MAX_WINDOW);
    const wasWell = health === "healthy" && failures === 0 && failingSince === null;
    if (wasWell && Math.abs(now - this.savedAt) <= SAVE_SUCCESS_MS) return;
    this.save();
    if (failingSince !== null) this.becomeWorking(failingSince, names);
  }

  /** A transient failure. @param isAlone nothing else is in flight */
  failed(now: number, reason: string, isProbe: boolean, isAlone: boolean): void {
    this.moveTo(afterFailure(this.state, now, { error: reason, isProbe, isAlone, random: Math.random() }));
  }

  /** The service asked to pause. */
  paused(now: number, afterMs: number, reason: string): void {
    this.moveTo(afterPause(this.state, now, afterMs, reason));
  }

  /** The service answered and refused this one delivery: it is reachable, whatever its state was. */
  refused(now: number, reason: string): void {
    const { lastSuccessAt } = this.state;
    this.moveTo({ ...afterSuccess(this.state, now), lastSuccessAt, lastErrorAt: now, lastError: reason });
  }

  /** Reported once, on the edge. */
  reportFailing(now: number, names: ChannelNames, error: string, advice: string | null): void {
    if (this.state.failingSince !== null) return;
    this.state = { ...this.state, failingSince: now, lastError: error, lastErrorAt: now };
    const { state } = this;
    this.write(() => raiseFailing({ lease: this.lease, ...names }, state, error, advice)).catch((failure) => {
      // Not recorded, so nobody was notified: the next failure tries again.
      this.state = { ...this.state, failingSince: null };
      log.error("failed to report a failing channel", { channelId: this.lease.channelId, error: failure });
    });
  }

  /** The target does not exist any more: the channel is disabled, and the others are notified. */
  reportGone(now: number, names: ChannelNames, error: string, advice: string | null): void {
    this.state = { ...this.state, failingSince: this.state.failingSince ?? now, lastError: error, lastErrorAt: now };
    const { state } = this;
    this.write(() => raiseGone({ lease: this.lease, ...names }, state, error, advice)).catch((failure) =>
      log.error("failed to disable a channel whose target is gone", {
        channelId: this.lease.channelId,
        error: failure,
      }),
    );
  }

  reportLongRetrying(now: number, names: ChannelNames): void {
    if (!isRetryingLong(this.state, now)) return;
    const error = `${this.state.lastError ?? "It does not answer."} This has lasted for more than 15 minutes.`;
    this.reportFailing(now, names, error, null);
  }

  private becomeWorking(failingSince: number, { name }: ChannelNames): void {
    this.state = { ...this.state, failingSince: null };
    const { state } = this;
    this.write(() => raiseWorking(this.lease, name, state)).catch((error) => {
      this.state = { ...this.state, failingSince };
      log.error("failed to report a recovered channel", { channelId: this.lease.channelId, error });
    });
  }

  /** Resolves when everything that was to be written is written, or failed. */
  async flush(): Promise<void> {
    await this.writes;
  }

  /** Takes a new state; the edges are written, so that every process and every page knows them. */
  private moveTo(next: ChannelState): void {
    const before = this.state;
    this.state = next;
    if (next.health !== "healthy") this.window = FIRST_WINDOW;
    const isEdge =
      before.health !== next.health ||
      before.nextProbeAt !== next.nextProbeAt ||
      before.pausedUntil !== next.pausedUntil ||
      before.lastError !== next.lastError;
    if (isEdge) this.save();
  }

  private save(): void {
    this.savedAt = databaseNow();
    const { state } = this;
    this.write(() => saveChannelState(this.lease, state)).catch((error) => noticeStorageFault(error));
  }

  /** Begins when the write before it has ended, however it ended. */
  private write(begin: () => Promise<unknown>): Promise<void> {
    const written = this.writes.then(async () => {
      await begin();
    });
    this.writes = written.catch(() => {});
    return written;
  }
}
