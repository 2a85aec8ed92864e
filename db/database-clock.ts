import { type SQL, sql } from "drizzle-orm";
import { sharedState } from "@/lib/core/runtime";
import { databaseHandle } from "./client";

/** The database's time at a moment that this process measured by a clock that nobody sets. */
const measured = sharedState("database.clock", () => ({ anchor: null as { time: number; at: number } | null }));

/**
 * The database's clock in a statement, milliseconds: the one clock that all processes share. On SQLite that is the
 * clock of this machine.
 */
export function databaseTime(): SQL<number> {
  return databaseHandle().kind === "postgres"
    ? sql<number>`cast(extract(epoch from statement_timestamp()) * 1000 as bigint)`
    : sql<number>`cast(${Date.now()} as bigint)`;
}

/**
 * What the database's clock says now, milliseconds, as far as this process knows: for values that are bound before the
 * statement runs. A clock of this machine that somebody sets does not change it.
 */
export function databaseNow(): number {
  const { anchor } = measured;
  if (!anchor || databaseHandle().kind === "sqlite") return Date.now();
  return Math.round(anchor.time + (performance.now() - anchor.at));
}

/** How the clock of this process differs from the database's, milliseconds. */
export interface ClockDifference {
  /** Positive: this process is ahead. */
  aheadMs: number;
  /** The answer took so long that the difference may be wrong by this much. */
  uncertainMs: number;
}

/** Asks the database what time it is, and keeps the answer for `databaseNow`. On SQLite there is no difference. */
export async function compareClocks(): Promise<ClockDifference> {
  const handle = databaseHandle();
  if (handle.kind === "sqlite") return { aheadMs: 0, uncertainMs: 0 };
  const asked = performance.now();
  const { rows } = await handle.pool.query<{ ms: string }>(
    "select cast(extract(epoch from clock_timestamp()) * 1000 as bigint) as ms",
  );
  const at = performance.now();
  const uncertainMs = (at - asked) / 2;
  const time = Number(rows[0]?.ms) + uncertainMs;
  measured.anchor = { time, at };
  return { aheadMs: Math.round(Date.now() - time), uncertainMs: Math.ceil(uncertainMs) };
}

/** Beyond this a process's clock counts as wrong, milliseconds. */
const RIGHT_WITHIN_MS = 5_000;

/** Whether the clock of this process certainly differs from the database's by more than it may. */
export function isClockWrong({ aheadMs, uncertainMs }: ClockDifference): boolean {
  return Math.abs(aheadMs) - uncertainMs > RIGHT_WITHIN_MS;
}

/** Whether it certainly does not. */
export function isClockRight({ aheadMs, uncertainMs }: ClockDifference): boolean {
  return Math.abs(aheadMs) + uncertainMs <= RIGHT_WITHIN_MS;
}
