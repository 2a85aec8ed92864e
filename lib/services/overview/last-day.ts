import { type SettledFigures, settledFigures, waitingDeliveries } from "@/db/queries/overview";
import { sharedState } from "@/lib/core/runtime";

const DAY_MS = 86_400_000;
/** A day may have hundreds of thousands of deliveries: they are counted in pieces, between which others have their turn. */
const SLICE_MS = 600_000;
/** A slice that is over hardly changes: only by Resend, or by a clean-up. */
const SLICE_MAX_AGE_MS = 600_000;
/** Several readers, and reloads, share one count. */
const FIGURES_MAX_AGE_MS = 5_000;

/** Deliveries of the last day, without Tests. */
export interface LastDay extends SettledFigures {
  pending: number;
}

interface Kept<T> {
  readAt: number;
  value: T;
}

const kept = sharedState("overview.last-day", () => ({
  slices: new Map<number, Kept<SettledFigures>>(),
  figures: null as Kept<Promise<LastDay>> | null,
}));

/** Counts the deliveries that ended in the last 24 hours, up to ten minutes more, and those that wait. @param now milliseconds */
export function countLastDay(now: number): Promise<LastDay> {
  const known = kept.figures;
  if (known && performance.now() - known.readAt < FIGURES_MAX_AGE_MS) return known.value;
  const figures = { readAt: performance.now(), value: countAll(now) };
  kept.figures = figures;
  figures.value.catch(() => {
    if (kept.figures === figures) kept.figures = null;
  });
  return figures.value;
}

async function countAll(now: number): Promise<LastDay> {
  const first = Math.floor((now - DAY_MS) / SLICE_MS) * SLICE_MS;
  for (const at of kept.slices.keys()) if (at < first || at > now) kept.slices.delete(at);
  const total: LastDay = { sent: 0, dead: 0, slowestMs: null, pending: await waitingDeliveries() };
  for (let at = first; at <= now; at += SLICE_MS) {
    const { sent, dead, slowestMs } = await countSlice(at, now);
    total.sent += sent;
    total.dead += dead;
    if (slowestMs !== null) total.slowestMs = Math.max(total.slowestMs ?? 0, slowestMs);
  }
  return total;
}

async function countSlice(from: number, now: number): Promise<SettledFigures> {
  const known = kept.slices.get(from);
  if (known && performance.now() - known.readAt < SLICE_MAX_AGE_MS) return known.value;
  const readAt = performance.now();
  const value = await settledFigures(from, from + SLICE_MS);
  // What is being written now belongs to the slice of now, or to the one before.
  if (from + 2 * SLICE_MS < now) kept.slices.set(from, { readAt, value });
  // SQLite answers at once: without this all slices would be one turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  return value;
}
