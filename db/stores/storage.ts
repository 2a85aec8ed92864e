import { and, eq, like, lt, ne } from "drizzle-orm";
import type { StorageFigures, StorageState } from "@/lib/core/storage";
import type { Tables } from "../client";
import { type Steps, step, type Tx, transact } from "../transact";
import { closeAlertsOf } from "./alerts";
import { countStored, forgetStored } from "./stored-days";

export type StorageUsageRow = Tables["storageUsage"]["$inferSelect"];

const HOUR_MS = 3_600_000;
/** How long it is remembered how full a location was, milliseconds. */
export const KEPT_MS = 90 * 24 * HOUR_MS;

/** Stores a look at a location; what was measured also stands for its hour. Of one that was deleted meanwhile nothing is stored. */
export function recordStorageCheck(
  locationId: string,
  check: { state: StorageState; figures: StorageFigures | null; problem: string | null },
  now: number,
): Promise<void> {
  return transact([], function* (tx) {
    const { storageUsage, storageSamples } = tx.t;
    if (!(yield* exists(tx, locationId))) return;
    const { figures, state, problem } = check;
    const row = {
      state,
      problem,
      usedBytes: figures?.usedBytes ?? null,
      freeBytes: figures?.freeBytes ?? null,
      checkedAt: now,
    };
    yield* step(
      tx.orm
        .insert(storageUsage)
        .values({ locationId, ...row })
        .onConflictDoUpdate({ target: storageUsage.locationId, set: row }),
    );
    tx.notices.push({ topic: "storage" });
    yield* countStored(tx, locationId, KEPT_MS, now);
    if (!figures) return;
    yield* step(
      tx.orm
        .insert(storageSamples)
        .values({ locationId, hour: Math.floor(now / HOUR_MS) * HOUR_MS, ...figures })
        .onConflictDoUpdate({ target: [storageSamples.locationId, storageSamples.hour], set: { ...figures } }),
    );
    yield* step(
      tx.orm
        .delete(storageSamples)
        .where(and(eq(storageSamples.locationId, locationId), lt(storageSamples.hour, now - KEPT_MS))),
    );
  });
}

/** Whether it is a destination or a repository. */
function* exists(tx: Tx, id: string): Steps<boolean> {
  for (const table of [tx.t.destinations, tx.t.repositories]) {
    const found = yield* step(tx.orm.select({ id: table.id }).from(table).where(eq(table.id, id)));
    if (found.length > 0) return true;
  }
  return false;
}

/** Forgets a location that is deleted, and closes its alerts. */
export function* forgetLocation(tx: Tx, kind: "destination" | "repository", locationId: string): Steps<void> {
  yield* forgetMeasurements(tx, locationId);
  yield* closeAlertsOf(tx, kind, locationId, "subject_removed");
}

/** Forgets how full a location was: it is another one now. */
export function* forgetMeasurements(tx: Tx, locationId: string): Steps<void> {
  const { storageUsage, storageSamples } = tx.t;
  yield* step(tx.orm.delete(storageUsage).where(eq(storageUsage.locationId, locationId)));
  yield* step(tx.orm.delete(storageSamples).where(eq(storageSamples.locationId, locationId)));
  yield* forgetStored(tx, locationId);
}

/** Closes what is open about the space of a location that is measured no more. */
export function* closeStorageAlerts(tx: Tx, kind: "destination" | "repository", locationId: string): Steps<void> {
  const { alerts } = tx.t;
  const open = yield* step(
    tx.orm
      .select({ key: alerts.dedupKey })
      .from(alerts)
      .where(
        and(
          eq(alerts.subjectKind, kind),
          eq(alerts.subjectId, locationId),
          like(alerts.type, "storage.%"),
          ne(alerts.status, "resolved"),
        ),
      ),
  );
  const keys = open.map(({ key }) => key);
  if (keys.length > 0) yield* closeAlertsOf(tx, kind, locationId, "subject_removed", keys);
}
