import { and, eq, or } from "drizzle-orm";
import type { ReportOwner, ReportPeriod } from "@/lib/core/report";
import type { ReportSlot } from "../queries/report";
import { type Steps, step, type Tx, transact } from "../transact";
import type { Change } from "./change";

/** When a report of each period is due next; periods without a report are left out. Milliseconds. */
export type NextReports = Readonly<Partial<Record<ReportPeriod, number>>>;

/** Replaces the slots of an owner: those of the settings that are saved in the same transaction. */
export function* putReportSlots(tx: Tx, ownerKind: ReportOwner, ownerId: string, next: NextReports): Steps<void> {
  const { reportSlots: s } = tx.t;
  yield* removeReportSlots(tx, ownerKind, ownerId);
  const rows = Object.entries(next).map(([period, nextAt]) => ({
    ownerKind,
    ownerId,
    period: period as ReportPeriod,
    nextAt,
  }));
  if (rows.length > 0) yield* step(tx.orm.insert(s).values(rows));
}

/** The owner is gone, or gets no reports at the moment. */
export function* removeReportSlots(tx: Tx, ownerKind: ReportOwner, ownerId: string): Steps<void> {
  const { reportSlots: s } = tx.t;
  yield* step(tx.orm.delete(s).where(and(eq(s.ownerKind, ownerKind), eq(s.ownerId, ownerId))));
}

/** What is wrong about the slots: those of nobody or at another time than the settings say, and those that are missing. */
export interface SlotCorrections {
  wrong: readonly ReportSlot[];
  missing: readonly ReportSlot[];
}

/** As many are set right at once: databases limit the length of a condition. */
const CORRECTED_MAX = 200;

/** Sets slots right, each only while it is still as it was read. What is left over is found by the next look. */
export function correctReportSlots({ wrong, missing }: SlotCorrections): Promise<void> {
  return transact([], function* (tx) {
    const { reportSlots: s } = tx.t;
    const removed = wrong.slice(0, CORRECTED_MAX);
    if (removed.length > 0) yield* step(tx.orm.delete(s).where(or(...removed.map((slot) => isSlot(tx, slot)))));
    const added = missing.slice(0, CORRECTED_MAX);
    // One that could not be removed was changed meanwhile, and stays.
    if (added.length > 0) yield* step(tx.orm.insert(s).values(added).onConflictDoNothing());
  });
}

/** Takes a due slot and moves it on. Does not apply when another process took it, or the settings were changed. */
export function takeReportSlotChange(slot: ReportSlot, nextAt: number): Change {
  return {
    *apply(tx) {
      const { reportSlots: s } = tx.t;
      const taken = yield* step(
        tx.orm.update(s).set({ nextAt }).where(isSlot(tx, slot)).returning({ ownerId: s.ownerId }),
      );
      return taken.length > 0;
    },
  };
}

function isSlot(tx: Tx, { ownerKind, ownerId, period, nextAt }: ReportSlot) {
  const { reportSlots: s } = tx.t;
  return and(eq(s.ownerKind, ownerKind), eq(s.ownerId, ownerId), eq(s.period, period), eq(s.nextAt, nextAt));
}
