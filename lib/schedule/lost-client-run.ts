import type { OpenClientRun } from "@/db/queries/client-runs";
import { MISSED_HEARTBEATS, offlineDelayMinutes } from "@/lib/core/client";
import { formatDuration } from "@/lib/core/format-units";

const MINUTE_MS = 60_000;
/** Without a limit of its own a run is given up after a day, as Belfry's own are. */
const DEFAULT_LIMIT_MINUTES = 24 * 60;

/** What is known at the moment of a look, milliseconds. */
export interface LookedAt {
  now: number;
  /** Since when reports have been listened to without a gap: before that, silence says nothing. */
  watchedSince: number;
  /** Until when they surely were. */
  heardUntil: number;
}

/** Why a run is given up, in a sentence, with what to do about it. */
export interface LossReason {
  error: string;
  advice: string | null;
  /** The client is to stop what it does. */
  isStopped?: true;
}

/**
 * Why an open run of a client is not waited for any longer; null while it is.
 * @param isBehind whether another run of its job goes on: the client executes one at a time
 */
export function lossOf(open: OpenClientRun, looked: LookedAt, isBehind: boolean): LossReason | null {
  const { run, client } = open;
  if (!client) {
    return {
      error: "The client that executes this job was removed.",
      advice: "Choose another client for the job, or remove the job.",
    };
  }
  if (client.revokedAt !== null) {
    return {
      error: `The token of the client ${client.name} was revoked: it can neither take runs nor report them.`,
      advice: "Make a new token on the page of the client, and install it there.",
    };
  }
  if (run.status === "running") return lossOfRunning(open, client, looked);
  return isBehind ? null : lossOfQueued(open, client, looked);
}

type Client = NonNullable<OpenClientRun["client"]>;

function lossOfQueued({ run, job, state }: OpenClientRun, client: Client, looked: LookedAt): LossReason | null {
  const { watchedSince, heardUntil } = looked;
  // A clock that was ahead dated it: it is waited for from now on.
  const since = Math.min(run.notBefore ?? run.queuedAt, looked.now);
  const patienceMs = patienceOf(job?.graceMinutes ?? 0, client, state);
  if (heardUntil - Math.max(since, watchedSince) <= patienceMs) return null;
  const within = `did not take the run within ${formatDuration(patienceMs)}`;
  if (!state) {
    return {
      error: `The client ${client.name} ${within}: it has never reported.`,
      advice: "Install its agent on the machine.",
    };
  }
  if (state.status === "offline") {
    return {
      error: `The client ${client.name} ${within}: it is offline, last seen ${timeText(state.lastSeenAt)}.`,
      advice: null,
    };
  }
  return {
    error: `The client ${client.name} ${within}, though it reports.`,
    advice: `Check that its own configuration allows a job named ${run.clientJob}, and that its agent is of this version.`,
  };
}

/** The grace of the job, but at least three heartbeats; one that is switched off often has the time that it may be away. */
function patienceOf(graceMinutes: number, client: Client, state: OpenClientRun["state"]): number {
  const heartbeats = Math.max(state?.intervalSeconds ?? 0, client.intervalSeconds) * MISSED_HEARTBEATS * 1_000;
  const away = client.intermittent ? offlineDelayMinutes(client) : 0;
  return Math.max(heartbeats, Math.max(graceMinutes, away) * MINUTE_MS);
}

function lossOfRunning({ run, job, state }: OpenClientRun, client: Client, looked: LookedAt): LossReason | null {
  const { now, watchedSince, heardUntil } = looked;
  const limitMinutes = job?.timeLimitMinutes ?? DEFAULT_LIMIT_MINUTES;
  // Counted while it is watched: neither a clock that leaps nor time in which nobody listened ends a run.
  if (now - Math.max(run.startedAt ?? now, watchedSince) > limitMinutes * MINUTE_MS) {
    return {
      error: `The run took longer than its time limit of ${formatDuration(limitMinutes * MINUTE_MS)}, and the client ${client.name} has not reported its end.`,
      advice: null,
      isStopped: true,
    };
  }
  if (state?.status !== "offline") return null;
  const from = Math.max(watchedSince, state.lastSeenAt > now ? 0 : state.lastSeenAt);
  if (heardUntil - from <= offlineDelayMinutes(client) * MINUTE_MS) return null;
  return {
    error: `The client ${client.name} went offline while the run was under way, last seen ${timeText(Math.min(state.lastSeenAt, now))}.`,
    advice: "When it is back and reports a success, the run is corrected.",
  };
}

function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
