import { and, eq, gt, gte, isNotNull, isNull, lte, ne, notExists, or, type SQL, sql } from "drizzle-orm";
import { LONGEST } from "@/lib/core/longest-times";
import { UNTIL_ENDED } from "@/lib/core/silence";
import { databaseTime } from "../database-clock";
import { isOneOf } from "../literal";
import { type Steps, step, type Tx, transact } from "../transact";

/** Stored times of one kind that were later than they can be, and were set right. */
export interface CorrectedTimes {
  /** As in "3 retries of notifications": singular and plural. */
  what: readonly [string, string];
  count: number;
}

interface TimeBound {
  /** Null: marks, which nobody waits for by name. */
  what: readonly [string, string] | null;
  /** Sets right what is later than its maximum. @returns how many rows */
  correct(tx: Tx, now: number): Steps<unknown[]>;
}

/** Where a time is later than its maximum it takes the other value; elsewhere it stays. */
const bounded = (column: SQL.Aliased | SQL | { getSQL(): SQL }, maximum: number, value: number) =>
  sql`case when ${column} > ${maximum} then ${value} else ${column} end`;

/**
 * Every stored time in the future with its maximum and what it becomes beyond it; and times of the past that something
 * is measured from. Not here: the next runs of schedules, which have to be worked out (`lib/schedule`), and the next reports,
 * which each look at them works out (`lib/reports/slots.ts`); the leases of processes, queues and deliveries, which go by
 * the database's clock and are not believed for longer than they last (`leases.ts`, `channel-queue.ts`, `reclaim.ts`); the mute of a channel, and what it holds, which a person chose.
 */
const BOUNDS: readonly TimeBound[] = [
  {
    what: ["retry of a run", "retries of runs"],
    correct: (tx, now) => {
      const { runs } = tx.t;
      const isWaiting = and(isOneOf(runs.status, "queued", "running"), eq(runs.status, "queued"));
      const isLate = gt(runs.notBefore, now + LONGEST.runRetry);
      return step(tx.orm.update(runs).set({ notBefore: now }).where(and(isWaiting, isLate)).returning({ id: runs.id }));
    },
  },
  {
    // A worker that lives writes it again within seconds; one that is gone is noticed a minute later. By the database's
    // clock, as it is written: this process's may be the one that is wrong.
    what: null,
    correct: (tx) => {
      const { runs } = tx.t;
      const isRunning = and(isOneOf(runs.status, "queued", "running"), eq(runs.status, "running"));
      const isLate = gt(runs.heartbeatAt, sql`${databaseTime()} + ${LONGEST.skew}`);
      return step(
        tx.orm
          .update(runs)
          .set({ heartbeatAt: databaseTime() })
          .where(and(isRunning, isLate))
          .returning({ id: runs.id }),
      );
    },
  },
  {
    what: ["notification to be sent", "notifications to be sent"],
    correct: (tx, now) => {
      const { deliveries: d } = tx.t;
      const longest = sql`cast(${now} as bigint) + cast(coalesce(${d.remindHours}, 0) as bigint) * 3600000`;
      const isReminder = and(eq(d.kind, "reminder"), gt(d.dueAt, longest));
      const soon = now + Math.max(LONGEST.retry, LONGEST.lostReply);
      // What waits for its time does so for as long as when it was planned, by the clock of that time.
      const isWaiting = and(isNotNull(d.notBefore), eq(d.attemptCount, 0));
      const time = sql`cast(${now} as bigint) + cast(${d.notBefore} - ${d.createdAt} as bigint)`;
      const isLate = and(isWaiting, gt(d.dueAt, soon), gt(d.dueAt, time));
      const isRetry = and(ne(d.kind, "reminder"), or(isNull(d.notBefore), gt(d.attemptCount, 0)), gt(d.dueAt, soon));
      return step(
        tx.orm
          .update(d)
          .set({
            dueAt: sql`case when ${d.kind} = 'reminder' then ${longest} when ${isWaiting} then ${time} else cast(${now} as bigint) end`,
            notBefore: sql`case when ${isWaiting} then ${time} else ${d.notBefore} end`,
            createdAt: sql`case when ${isWaiting} then cast(${now} as bigint) else ${d.createdAt} end`,
          })
          .where(and(isOneOf(d.status, "pending"), or(isReminder, isLate, isRetry)))
          .returning({ id: d.id }),
      );
    },
  },
  {
    // What is released is judged by the silences and hours of now, and held again by those that are on.
    what: ["hold of a notification", "holds of notifications"],
    correct: (tx, now) => {
      const { deliveries: d } = tx.t;
      const isLate = or(
        and(eq(d.heldBy, "quiet_hours"), gt(d.dueAt, now + LONGEST.quietHours)),
        and(eq(d.heldBy, "silence"), gt(d.dueAt, now + LONGEST.silence + LONGEST.skew), ne(d.dueAt, UNTIL_ENDED)),
      );
      return step(
        tx.orm
          .update(d)
          .set({ dueAt: now, giveUpAt: now + LONGEST.delivery })
          .where(and(isOneOf(d.status, "dead", "canceled", "folded", "held"), eq(d.status, "held"), isLate))
          .returning({ id: d.id }),
      );
    },
  },
  {
    what: null,
    correct: (tx, now) => {
      const { deliveries: d } = tx.t;
      const longest = sql`(case when ${d.dueAt} > ${now} then ${d.dueAt} else ${now} end) + cast(${LONGEST.delivery} as bigint)`;
      return step(
        tx.orm
          .update(d)
          .set({ giveUpAt: longest })
          .where(and(isOneOf(d.status, "pending", "sending"), gt(d.giveUpAt, longest)))
          .returning({ id: d.id }),
      );
    },
  },
  {
    what: ["pause or probe of a channel", "pauses and probes of channels"],
    correct: (tx, now) => {
      const { channelStates: s } = tx.t;
      const probe = now + LONGEST.probe;
      const pause = now + LONGEST.pause + LONGEST.skew;
      return step(
        tx.orm
          .update(s)
          .set({ nextProbeAt: bounded(s.nextProbeAt, probe, now), pausedUntil: bounded(s.pausedUntil, pause, now) })
          .where(or(gt(s.nextProbeAt, probe), gt(s.pausedUntil, pause)))
          .returning({ id: s.channelId }),
      );
    },
  },
  {
    what: null,
    correct: (tx, now) => {
      const { channelStates: s } = tx.t;
      const seen = now + LONGEST.skew;
      const past = [s.retryingSince, s.pausedSince, s.failingSince, s.lastSuccessAt, s.lastErrorAt] as const;
      return step(
        tx.orm
          .update(s)
          .set({
            retryingSince: bounded(s.retryingSince, seen, now),
            pausedSince: bounded(s.pausedSince, seen, now),
            failingSince: bounded(s.failingSince, seen, now),
            lastSuccessAt: bounded(s.lastSuccessAt, seen, now),
            lastErrorAt: bounded(s.lastErrorAt, seen, now),
          })
          .where(or(...past.map((column) => gt(column, seen))))
          .returning({ id: s.channelId }),
      );
    },
  },
  {
    what: ["sign-in lock", "sign-in locks"],
    correct: (tx, now) => {
      const { loginGuards: g } = tx.t;
      return step(
        tx.orm
          .update(g)
          .set({ lockedUntil: now })
          .where(gt(g.lockedUntil, now + LONGEST.signInLock))
          .returning({ id: g.key }),
      );
    },
  },
  {
    what: null,
    correct: (tx, now) => {
      const { loginGuards: g } = tx.t;
      const isLate = gt(g.lastFailureAt, now + LONGEST.skew);
      return step(tx.orm.update(g).set({ lastFailureAt: now }).where(isLate).returning({ id: g.key }));
    },
  },
  {
    what: ["invitation", "invitations"],
    correct: (tx, now) => {
      const { invitations: i } = tx.t;
      const maximum = now + LONGEST.invitation;
      return step(
        tx.orm
          .update(i)
          .set({ expiresAt: maximum })
          .where(and(isNull(i.usedAt), gt(i.expiresAt, maximum + LONGEST.skew)))
          .returning({ id: i.id }),
      );
    },
  },
  {
    // A person chose it, but no later than this: nothing else would ever end the key.
    what: ["end of an API key", "ends of API keys"],
    correct: (tx, now) => {
      const { apiKeys: k } = tx.t;
      const maximum = now + LONGEST.apiKey;
      return step(
        tx.orm
          .update(k)
          .set({ expiresAt: maximum })
          .where(and(isNull(k.revokedAt), gt(k.expiresAt, maximum + LONGEST.skew)))
          .returning({ id: k.id }),
      );
    },
  },
  {
    // A person chose it, but no later than this: nothing else would ever end the snooze.
    what: ["snooze of an alert", "snoozes of alerts"],
    correct: (tx, now) => {
      const { alerts: a } = tx.t;
      return step(
        tx.orm
          .update(a)
          .set({ snoozedUntil: now })
          .where(and(sql`${a.snoozedUntil} is not null`, gt(a.snoozedUntil, now + LONGEST.snooze + LONGEST.skew)))
          .returning({ id: a.id }),
      );
    },
  },
  {
    // What is created until the clock is there again would count as read.
    what: null,
    correct: (tx, now) => {
      const { inboxWatermarks: w } = tx.t;
      const isLate = gt(w.readUpTo, now + LONGEST.skew);
      return step(tx.orm.update(w).set({ readUpTo: now }).where(isLate).returning({ id: w.readerId }));
    },
  },
  {
    // What ends an alert after a quiet time measures from here.
    what: null,
    correct: (tx, now) => {
      const { alerts: a } = tx.t;
      const seen = now + LONGEST.skew;
      return step(
        tx.orm
          .update(a)
          .set({ openedAt: bounded(a.openedAt, seen, now), lastAt: bounded(a.lastAt, seen, now) })
          .where(and(ne(a.status, "resolved"), or(gt(a.openedAt, seen), gt(a.lastAt, seen))))
          .returning({ id: a.id }),
      );
    },
  },
  {
    // From when it counts that nobody got an alert, and when the fallback did. Later only where something waits until then.
    what: null,
    correct: (tx, now) => {
      const { alerts: a, deliveries: d } = tx.t;
      const seen = now + LONGEST.skew;
      const waits = tx.orm
        .select({ one: sql`1` })
        .from(d)
        .where(and(eq(d.alertId, a.id), isOneOf(d.status, "pending", "sending", "held"), gte(d.dueAt, a.unheardFrom)));
      const isWrong = and(
        gt(a.unheardFrom, seen),
        sql`coalesce(${a.snoozedUntil}, 0) < ${a.unheardFrom}`,
        notExists(waits),
      );
      return step(
        tx.orm
          .update(a)
          .set({
            unheardFrom: sql`case when ${a.unheardFrom} > ${seen} then ${now} else ${a.unheardFrom} end`,
            fallbackAt: bounded(a.fallbackAt, seen, now),
          })
          .where(and(isNotNull(a.unheardFrom), or(isWrong, gt(a.fallbackAt, seen))))
          .returning({ id: a.id }),
      );
    },
  },
];

/** Sets every stored time right that is later than its maximum. @returns what people waited for */
export function correctImpossibleTimes(now: number): Promise<CorrectedTimes[]> {
  return transact([], function* (tx) {
    const corrected: CorrectedTimes[] = [];
    for (const { what, correct } of BOUNDS) {
      const { length: count } = yield* correct(tx, now);
      if (count > 0 && what) corrected.push({ what, count });
    }
    if (corrected.length > 0) {
      const { deliveries: d } = tx.t;
      const due = yield* step(
        tx.orm
          .selectDistinct({ channelId: d.channelId })
          .from(d)
          .where(and(isOneOf(d.status, "pending"), lte(d.dueAt, now))),
      );
      const ids = due.flatMap(({ channelId }) => channelId ?? []);
      if (ids.length > 0) tx.notices.push({ topic: "deliveries", ids });
      tx.notices.push({ topic: "channels" }, { topic: "runs" }, { topic: "users" }, { topic: "api-keys" });
    }
    return corrected;
  });
}
