import { findClient } from "@/db/queries/clients";
import {
  bringOnline,
  type Heartbeat,
  reportedOutage,
  reportOnlineChange,
  writeHeartbeats,
} from "@/db/stores/client-states";
import { loggerOf } from "@/lib/core/logger";
import { sharedState } from "@/lib/core/runtime";
import { emit } from "@/lib/dispatch/emit";
import { clientOnline } from "@/lib/events/client-online";

const log = loggerOf("clients");
/** Heartbeats of so long are written together, milliseconds. */
const TOGETHER_MS = 500;
/** Written in one transaction, during which nothing else runs. */
const AT_ONCE = 500;
/** Pages show when clients were last seen, at most so old, milliseconds. */
const ANNOUNCED_EVERY_MS = 10_000;

/** The last heartbeat of each client that is not written yet, of this process. */
const buffer = sharedState("clients.heartbeats", () => ({
  pending: new Map<string, Heartbeat>(),
  timer: undefined as NodeJS.Timeout | undefined,
  writing: Promise.resolve(),
  announcedAt: Number.NEGATIVE_INFINITY,
}));

/**
 * Takes a heartbeat of a client that is online. It is written within half a second, together with those of others: what is
 * lost in a crash, the next heartbeat says again.
 */
export function bufferHeartbeat(beat: Heartbeat): void {
  buffer.pending.set(beat.clientId, beat);
  buffer.timer ??= setTimeout(() => void flushHeartbeats().catch(reportFault), TOGETHER_MS).unref();
}

/** Writes what waits, before clients are read. @throws what the database throws: then it waits on */
export function flushHeartbeats(): Promise<void> {
  clearTimeout(buffer.timer);
  buffer.timer = undefined;
  const writing = buffer.writing.then(writePending);
  buffer.writing = writing.catch(() => undefined);
  return writing;
}

async function writePending(): Promise<void> {
  if (buffer.pending.size === 0) return;
  const beats = [...buffer.pending.values()];
  buffer.pending.clear();
  try {
    const announces = performance.now() - buffer.announcedAt >= ANNOUNCED_EVERY_MS;
    if (announces) buffer.announcedAt = performance.now();
    for (let at = 0; at < beats.length; at += AT_ONCE) {
      const left = await writeHeartbeats(beats.slice(at, at + AT_ONCE), announces);
      for (const beat of left) await takeHeartbeat(beat);
    }
  } catch (error) {
    // A later one of the same client is newer.
    for (const beat of beats) if (!buffer.pending.has(beat.clientId)) bufferHeartbeat(beat);
    throw error;
  }
}

/**
 * Takes a heartbeat of a client that is new or was offline: it is online from now on, and those who were notified of its
 * outage learn that it is over.
 */
export async function takeHeartbeat(beat: Heartbeat): Promise<void> {
  const outage = await reportedOutage(beat.clientId);
  if (!outage) {
    await bringOnline(beat);
    return;
  }
  const found = await findClient(beat.clientId);
  if (!found) return;
  const { id, name } = found.client;
  const draft = clientOnline.draft({
    subject: { kind: "client", id, name },
    data: { client: { id, name }, lastSeenAt: outage.since, silentMs: Math.max(0, beat.at - outage.since) },
    at: beat.at,
  });
  await emit(draft, reportOnlineChange(beat));
}

function reportFault(error: unknown): void {
  log.warn("failed to write heartbeats, retrying", { error });
}
