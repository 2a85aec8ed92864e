import { and, eq, isNotNull, isNull, sql } from "drizzle-orm";
import { MISSED_HEARTBEATS } from "@/lib/core/client";
import { databaseHandle, type Tables } from "../client";
import { jsonOf } from "../json-rows";
import { forUpdate } from "../row-lock";
import { type Steps, step, stepCount, type Tx, transact } from "../transact";
import type { Change } from "./change";

export type ClientStateRow = Tables["clientStates"]["$inferSelect"];

/** What a client said, and when: milliseconds. */
export interface Heartbeat
  extends Pick<
    ClientStateRow,
    "clientId" | "intervalSeconds" | "hostname" | "version" | "uptimeSeconds" | "disks" | "jobs"
  > {
  at: number;
}

/**
 * Writes what clients said that are online already, in one transaction.
 * @param announces whether pages that show clients read them again
 * @returns the heartbeats of the others, which are not written: of clients that are new, offline or removed
 */
export function writeHeartbeats(beats: readonly Heartbeat[], announces: boolean): Promise<Heartbeat[]> {
  return transact([], function* (tx) {
    const written = databaseHandle().kind === "postgres" ? yield* writeMany(tx, beats) : yield* writeEach(tx, beats);
    const left = beats.filter(({ clientId }) => !written.has(clientId));
    if (announces) tx.notices.push({ topic: "clients" });
    return left;
  });
}

/** SQLite runs prepared statements quicker one by one. */
function* writeEach(tx: Tx, beats: readonly Heartbeat[]): Steps<Set<string>> {
  const written = new Set<string>();
  const { clientStates: s } = tx.t;
  const p = sql.placeholder;
  for (const beat of beats) {
    const count = yield* stepCount(
      tx,
      "client_heartbeat",
      () =>
        tx.orm
          .update(s)
          .set({
            lastSeenAt: sql`${p("at")}`,
            intervalSeconds: sql`${p("intervalSeconds")}`,
            hostname: sql`${p("hostname")}`,
            version: sql`${p("version")}`,
            uptimeSeconds: sql`${p("uptimeSeconds")}`,
            disks: sql`${p("disks")}`,
            jobs: sql`${p("jobs")}`,
          })
          .where(and(eq(s.clientId, p("clientId")), eq(s.status, "online"))),
      { ...beat, disks: JSON.stringify(beat.disks), jobs: JSON.stringify(beat.jobs) },
    );
    if (count > 0) written.add(beat.clientId);
  }
  return written;
}

/** One statement, whatever their number: PostgreSQL is a network away. */
function* writeMany(tx: Tx, beats: readonly Heartbeat[]): Steps<Set<string>> {
  const { clientStates: s } = tx.t;
  const rows = beats.map(({ clientId, at, intervalSeconds, hostname, version, uptimeSeconds, disks, jobs }) => ({
    id: clientId,
    at,
    seconds: intervalSeconds,
    hostname,
    version,
    uptime: uptimeSeconds,
    disks,
    jobs,
  }));
  const result = (yield* step(
    tx.orm.execute(sql`
      update ${s} set last_seen_at = v.at, interval_seconds = v.seconds, hostname = v.hostname, version = v.version,
        uptime_seconds = v.uptime, disks = v.disks, jobs = v.jobs
      from json_to_recordset(${jsonOf(rows)}::json) as v(
        id text, at bigint, seconds int, hostname text, version text, uptime int, disks json, jobs json)
      where ${s.clientId} = v.id and ${s.status} = 'online'
      returning ${s.clientId} as id`),
  )) as unknown as { rows: { id: string }[] };
  return new Set(result.rows.map(({ id }) => id));
}

/** An outage that was reported: what the event that ends it names. */
interface ReportedOutage {
  /** When the client was last seen before it, milliseconds. */
  since: number;
}

/**
 * Makes a client online that is new, or offline without anybody having been notified.
 * @returns false when there is no such client, or its outage was reported: `reportOnlineChange` ends that
 */
export function bringOnline(beat: Heartbeat): Promise<boolean> {
  return transact([], function* (tx) {
    const { clients, clientStates: s } = tx.t;
    // Its removal waits for this, or has happened.
    const known = tx.orm.select({ id: clients.id }).from(clients).where(eq(clients.id, beat.clientId));
    forUpdate(known, {});
    if ((yield* step(known)).length === 0) return false;
    const { clientId, at, ...said } = beat;
    const values = { ...said, status: "online" as const, lastSeenAt: at, offlineSince: null };
    const rows = yield* step(
      tx.orm
        .insert(s)
        .values({ clientId, firstSeenAt: at, reportedAt: null, ...values })
        .onConflictDoUpdate({ target: s.clientId, set: values, setWhere: isNull(s.reportedAt) })
        .returning({ id: s.clientId }),
    );
    tx.notices.push({ topic: "clients", ids: [clientId] });
    return rows.length > 0;
  });
}

/** The outage of a client that people were notified of; null for none. */
export function reportedOutage(clientId: string): Promise<ReportedOutage | null> {
  return transact([], function* (tx) {
    const { clientStates: s } = tx.t;
    const [row] = yield* step(
      tx.orm
        .select({ since: s.offlineSince, lastSeenAt: s.lastSeenAt })
        .from(s)
        .where(and(eq(s.clientId, clientId), eq(s.status, "offline"), isNotNull(s.reportedAt)))
        .limit(1),
    );
    return row ? { since: row.since ?? row.lastSeenAt } : null;
  });
}

/** A client whose outage was reported is online again; `client.online` reports it. */
export function reportOnlineChange({ clientId, at, ...said }: Heartbeat): Change {
  return {
    *apply(tx) {
      const { clientStates: s } = tx.t;
      const rows = yield* step(
        tx.orm
          .update(s)
          .set({ ...said, status: "online", lastSeenAt: at, offlineSince: null, reportedAt: null })
          .where(and(eq(s.clientId, clientId), eq(s.status, "offline"), isNotNull(s.reportedAt)))
          .returning({ id: s.clientId }),
      );
      tx.notices.push({ topic: "clients", ids: [clientId] });
      return rows.length > 0;
    },
  };
}

/**
 * Makes clients offline that missed their heartbeats.
 * @param now milliseconds
 * @param watchedSince since when Belfry has listened without a gap: before that, silence says nothing
 * @param heardUntil until when it surely did
 */
export function markSilentOffline(now: number, watchedSince: number, heardUntil = now): Promise<void> {
  return transact([], function* (tx) {
    const { clientStates: s } = tx.t;
    const patience = sql`${s.intervalSeconds} * ${MISSED_HEARTBEATS * 1_000}`;
    // What was seen in the future was dated by a clock that was wrong.
    const isSilent = sql`(${s.lastSeenAt} > ${now} or ${s.lastSeenAt} + ${patience} < ${heardUntil})`;
    const isWatched = sql`${patience} < cast(${heardUntil - watchedSince} as bigint)`;
    const rows = yield* step(
      tx.orm
        .update(s)
        .set({ status: "offline", offlineSince: sql`${s.lastSeenAt}` })
        .where(and(eq(s.status, "online"), isSilent, isWatched))
        .returning({ id: s.clientId }),
    );
    if (rows.length > 0) tx.notices.push({ topic: "clients" });
  });
}

/** A client is offline for so long that people are to be notified; `client.offline` reports it, once. */
export function reportOfflineChange(clientId: string, lastSeenAt: number, now: number): Change {
  return {
    *apply(tx) {
      const { clients, clientStates: s } = tx.t;
      const watched = tx.orm
        .select({ id: clients.id })
        .from(clients)
        .where(and(eq(clients.id, clientId), eq(clients.muted, false), isNull(clients.revokedAt)));
      forUpdate(watched, {});
      if ((yield* step(watched)).length === 0) return false;
      const rows = yield* step(
        tx.orm
          .update(s)
          .set({ reportedAt: now })
          .where(
            and(eq(s.clientId, clientId), eq(s.status, "offline"), eq(s.lastSeenAt, lastSeenAt), isNull(s.reportedAt)),
          )
          .returning({ id: s.clientId }),
      );
      return rows.length > 0;
    },
  };
}
