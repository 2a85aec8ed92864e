import { and, asc, eq, gte, inArray, lte, max } from "drizzle-orm";
import type { StorageThreshold } from "@/lib/core/storage";
import { database } from "../client";
import type { StorageUsageRow } from "../stores/storage";

/** The last look at each of these locations. */
export async function storageUsageOf(ids: readonly string[]): Promise<Map<string, StorageUsageRow>> {
  if (ids.length === 0) return new Map();
  const { orm, t } = database();
  const rows = await orm
    .select()
    .from(t.storageUsage)
    .where(inArray(t.storageUsage.locationId, [...ids]));
  return new Map(rows.map((row) => [row.locationId, row]));
}

/** A destination with the last look at it. */
export interface CheckedDestination extends StorageUsageRow {
  name: string;
  kind: string;
  threshold: StorageThreshold | null;
}

/** All destinations that were looked at, in order of creation. */
export async function checkedDestinations(): Promise<CheckedDestination[]> {
  const { orm, t } = database();
  const { destinations: d, storageUsage: u } = t;
  const rows = await orm
    .select({ name: d.name, kind: d.kind, threshold: d.threshold, usage: u })
    .from(u)
    .innerJoin(d, eq(d.id, u.locationId))
    .orderBy(u.locationId);
  return rows.map(({ usage, ...destination }) => ({ ...usage, ...destination }));
}

/** How full a location was, hour by hour. */
export interface StorageSample {
  /** When the hour began, milliseconds. */
  hour: number;
  usedBytes: number;
  freeBytes: number;
}

/** Oldest first. @param since milliseconds */
export async function storageSamplesOf(locationId: string, since: number): Promise<StorageSample[]> {
  const { orm, t } = database();
  const { storageSamples: s } = t;
  return await orm
    .select({ hour: s.hour, usedBytes: s.usedBytes, freeBytes: s.freeBytes })
    .from(s)
    .where(and(eq(s.locationId, locationId), gte(s.hour, since)))
    .orderBy(asc(s.hour));
}

/** Of each of these locations the newest sample that is not younger than `until`. @param until milliseconds */
export async function samplesBefore(
  locationIds: readonly string[],
  until: number,
): Promise<Map<string, Pick<StorageSample, "hour" | "usedBytes">>> {
  if (locationIds.length === 0) return new Map();
  const { orm, t } = database();
  const { storageSamples: s } = t;
  const newest = orm
    .select({ id: s.locationId, hour: max(s.hour).as("newest_hour") })
    .from(s)
    .where(and(inArray(s.locationId, [...locationIds]), lte(s.hour, until)))
    .groupBy(s.locationId)
    .as("newest");
  const rows = await orm
    .select({ id: s.locationId, hour: s.hour, usedBytes: s.usedBytes })
    .from(s)
    .innerJoin(newest, and(eq(newest.id, s.locationId), eq(newest.hour, s.hour)));
  return new Map(rows.map(({ id, ...sample }) => [id, sample]));
}
