import { and, eq, inArray, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { EscalationStep } from "@/lib/core/escalation";
import { type Steps, step, type Tx } from "../transact";
import { type ChannelRow, readChannelUses } from "./channels";
import { ESCALATION_LOCK } from "./escalation-policies";
import { HEARTBEAT_SETTINGS } from "./heartbeat";
import { ROUTES_LOCK } from "./routes";
import { NOTIFICATION_SETTINGS } from "./routing";
import { settingLocks } from "./setting-changes";
import { putSetting, readSetting } from "./settings";

interface Named {
  id: string;
  name: string;
}

/** What of a channel another one would take over. */
export interface ChannelMove {
  jobs: Named[];
  profiles: Named[];
  routes: Named[];
  policies: Named[];
  /** Of `jobs` and `profiles`: those that have a rule for the other channel already, which stays. */
  ruled: ReadonlySet<string>;
  /** The notification settings as stored. */
  notifications: unknown;
  isHeartbeat: boolean;
}

/** Locks for `transact` around a move: nothing may start to name either channel meanwhile. */
export function channelMoveLocks(from: string, to: string): string[] {
  return [
    ...settingLocks(NOTIFICATION_SETTINGS),
    ...settingLocks(HEARTBEAT_SETTINGS),
    ROUTES_LOCK,
    ...ESCALATION_LOCK,
    `channel:${from}`,
    `channel:${to}`,
  ];
}

/** Reads, under `channelMoveLocks`, what uses a channel. */
export function* readChannelMove(tx: Tx, from: string, to: string): Steps<ChannelMove> {
  const { jobs, profiles, routes, notifications } = yield* readChannelUses(tx, from);
  const others = yield* readChannelUses(tx, to);
  const heartbeat = yield* readSetting<{ channelId?: unknown }>(tx, HEARTBEAT_SETTINGS);
  const { escalationPolicies: e } = tx.t;
  const policies = yield* step(tx.orm.select({ id: e.id, name: e.name, steps: e.steps }).from(e).orderBy(e.name));
  return {
    jobs,
    profiles,
    routes: routes.map(({ id, name }) => ({ id, name })),
    policies: policies.filter(({ steps }) => steps.some(({ channels }) => channels.includes(from))),
    ruled: new Set([...others.jobs, ...others.profiles].map(({ id }) => id)),
    notifications,
    isHeartbeat: heartbeat?.channelId === from,
  };
}

/**
 * Hands everything that uses one channel to another: rules of jobs and profiles, routes, steps of escalation policies,
 * subscriptions and the heartbeat. Where both have a rule, that of the other channel stays. The notification settings are
 * the caller's to write, who checks them.
 */
export function* moveChannelUses(
  tx: Tx,
  from: ChannelRow,
  to: ChannelRow,
  { routes, policies, isHeartbeat }: ChannelMove,
  at: number,
): Steps<void> {
  yield* moveRules(tx, from.id, to.id);
  yield* moveLists(tx, { from: from.id, to: to.id }, routes, policies);
  if (from.subscriptions.length > 0) {
    const { channels: c } = tx.t;
    const all = [...new Set([...to.subscriptions, ...from.subscriptions])];
    yield* step(tx.orm.update(c).set({ subscriptions: [], updatedAt: at }).where(eq(c.id, from.id)));
    yield* step(tx.orm.update(c).set({ subscriptions: all, updatedAt: at }).where(eq(c.id, to.id)));
  }
  if (isHeartbeat) {
    const known = yield* readSetting<object>(tx, HEARTBEAT_SETTINGS);
    yield* putSetting(tx, HEARTBEAT_SETTINGS, { ...known, channelId: to.id }, at);
  }
  tx.notices.push({ topic: "channels" }, { topic: "jobs" }, { topic: "routing" });
}

function* moveRules(tx: Tx, from: string, to: string): Steps<void> {
  const { jobNotifications: j, profileNotifications: p } = tx.t;
  const ofJobs = tx.orm.select({ id: j.jobId }).from(j).where(eq(j.channelId, to));
  yield* step(tx.orm.delete(j).where(and(eq(j.channelId, from), inArray(j.jobId, ofJobs))));
  yield* step(tx.orm.update(j).set({ channelId: to }).where(eq(j.channelId, from)));
  const ofProfiles = tx.orm.select({ id: p.profileId }).from(p).where(eq(p.channelId, to));
  yield* step(tx.orm.delete(p).where(and(eq(p.channelId, from), inArray(p.profileId, ofProfiles))));
  yield* step(tx.orm.update(p).set({ channelId: to }).where(eq(p.channelId, from)));
}

/** Lists of channels within a row. */
function* moveLists(
  tx: Tx,
  { from, to }: { from: string; to: string },
  movedRoutes: readonly Named[],
  movedPolicies: readonly Named[],
): Steps<void> {
  const { routes: r, escalationPolicies: e } = tx.t;
  if (movedRoutes.length > 0) {
    const ids = movedRoutes.map(({ id }) => id);
    const rows = yield* step(tx.orm.select({ id: r.id, value: r.channelIds }).from(r).where(inArray(r.id, ids)));
    const next = rows.map(({ id, value }) => ({ id, value: replaceId(value, from, to) }));
    yield* step(
      tx.orm
        .update(r)
        .set({ channelIds: valuesById(r.id, r.channelIds, next) })
        .where(inArray(r.id, ids)),
    );
  }
  if (movedPolicies.length > 0) {
    const ids = movedPolicies.map(({ id }) => id);
    const rows = yield* step(tx.orm.select({ id: e.id, value: e.steps }).from(e).where(inArray(e.id, ids)));
    const next = rows.map(({ id, value }) => ({ id, value: value.map((one) => moveStep(one, from, to)) }));
    yield* step(
      tx.orm
        .update(e)
        .set({ steps: valuesById(e.id, e.steps, next) })
        .where(inArray(e.id, ids)),
    );
  }
}

function moveStep(one: EscalationStep, from: string, to: string): EscalationStep {
  return { ...one, channels: replaceId(one.channels, from, to) };
}

/** The list with one id in place of another, each once. */
export function replaceId(ids: readonly string[], from: string, to: string): string[] {
  return [...new Set(ids.map((id) => (id === from ? to : id)))];
}

/** One value for each row, in one statement. */
function valuesById<T>(
  id: SQLWrapper,
  column: Parameters<typeof sql.param>[1] & SQLWrapper,
  rows: readonly { id: string; value: T }[],
): SQL<T> {
  const cases = rows.map((row) => sql`when ${row.id} then ${sql.param(row.value, column)}`);
  return sql`case ${id} ${sql.join(cases, sql` `)} else ${column} end`;
}
