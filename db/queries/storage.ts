import { and, asc, eq, gte, inArray, lte, max } from "drizzle-orm";
import type { Subject } from "@/lib/core/event";
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

/** A destination or repository with the last look at where it lies. */
export interface CheckedLocation extends StorageUsageRow {
  subject: Subject;
  threshold: StorageThreshold | null;
}

/** All destinations and repositories that were looked at, in order of creation. */
export async function checkedLocations(): Promise<CheckedLocation[]> {
  const { orm, t } = database();
  const { destinations: d, repositories: r, storageUsage: u } = t;
  const destinations = await orm
    .select({ name: d.name, threshold: d.threshold, usage: u })
    .from(u)
    .innerJoin(d, eq(d.id, u.locationId))
    .orderBy(u.locationId);
  const repositories = await orm
    .select({ name: r.name, threshold: r.threshold, usage: u })
    .from(u)
    .innerJoin(r, eq(r.id, u.locationId))
    .orderBy(u.locationId);
  return [
    ...destinations.map(({ usage, name, threshold }) => ({
      ...usage,
      threshold,
      subject: { kind: "destination" as const, id: usage.locationId, name },
    })),
    ...repositories.map(({ usage, name, threshold }) => ({
      ...usage,
      threshold,
      subject: { kind: "repository" as const, id: usage.locationId, name },
    })),
  ];
}

/** What these jobs took at a location, day by day, the oldest first. @param since milliseconds */
export async function storedDaysOf(
  locationId: string,
  jobIds: readonly string[],
  since: number,
): Promise<{ jobId: string; day: number; bytes: number }[]> {
  if (jobIds.length === 0) return [];
  const { orm, t } = database();
  const { storedDays: s } = t;
  return await orm
    .select({ jobId: s.jobId, day: s.day, bytes: s.bytes })
    .from(s)
    .where(and(eq(s.locationId, locationId), gte(s.day, since), inArray(s.jobId, [...jobIds])))
    .orderBy(asc(s.day));
}

/** How full a location was, hour by hour. */
export interface StorageSample {
  /** When the hour began, milliseconds. */
  hour: number;
  usedBytes: number;
  freeBytes: number;
}

/** Of each of these locations, oldest first; of one without any nothing. @param since milliseconds */
export async function storageSamplesOf(
  locationIds: readonly string[],
  since: number,
): Promise<Map<string, StorageSample[]>> {
  if (locationIds.length === 0) return new Map();
  const { orm, t } = database();
  const { storageSamples: s } = t;
  const rows = await orm
    .select()
    .from(s)
    .where(and(inArray(s.locationId, [...locationIds]), gte(s.hour, since)))
    .orderBy(asc(s.locationId), asc(s.hour));
  const samples = new Map<string, StorageSample[]>();
  for (const { locationId, ...sample } of rows) {
    const some = samples.get(locationId) ?? [];
    some.push(sample);
    samples.set(locationId, some);
  }
  return samples;
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
