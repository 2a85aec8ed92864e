import { and, eq, inArray } from "drizzle-orm";
import type { DestinationWatch } from "@/lib/core/destination-watch";
import { AppError } from "@/lib/core/errors";
import { pluralize } from "@/lib/core/format-units";
import type { Labels } from "@/lib/core/label";
import type { StorageThreshold } from "@/lib/core/storage";
import type { Tables } from "../client";
import { isUniqueViolation } from "../faults";
import { type Steps, step, type Tx, transact } from "../transact";
import { closeAlertsOf } from "./alerts";
import { type AuditInsert, writeAudit } from "./audit";
import { forgetConnection, forgetVersion } from "./connections";
import { writeLabels } from "./labels";
import { readSetting } from "./settings";
import { forgetLocation } from "./storage";

/** The tables that hold endpoints: both have the same columns, but for what is watched of destinations. */
export type EndpointTableName = "sources" | "destinations";

export type EndpointRow = Tables["sources"]["$inferSelect"] & {
  /** Only of a destination: when it counts as low; null: as usual. */
  threshold?: StorageThreshold | null;
  /** Only of a destination; null: nothing more is watched. */
  watch?: DestinationWatch | null;
};

interface TableTraits {
  noun: "source" | "destination";
  /** What uses an endpoint, in words; read in the transaction that would delete it. */
  findUsers(tx: Tx, id: string): Steps<string[]>;
}

const TRAITS: Record<EndpointTableName, TableTraits> = {
  sources: { noun: "source", findUsers: findSourceUsers },
  destinations: { noun: "destination", findUsers: findDestinationUsers },
};

/** @throws AppError `conflict` when the name is taken */
export function insertEndpoint(
  table: EndpointTableName,
  row: EndpointRow,
  audit: AuditInsert,
  labels: Labels = {},
): Promise<void> {
  return transact([], function* (tx) {
    yield* step(tx.orm.insert(tx.t[table]).values(row));
    yield* writeLabels(tx, TRAITS[table].noun, row.id, labels);
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "jobs" });
  }).catch((error) => throwNameTaken(table, error));
}

/** @param labels all of them; none given: they stay @returns null when it is gone @throws AppError `conflict` when the name is taken */
export function updateEndpoint(
  table: EndpointTableName,
  id: string,
  change: Partial<EndpointRow>,
  audit: AuditInsert,
  labels?: Labels,
): Promise<EndpointRow | null> {
  return transact([], function* (tx) {
    const endpoints = tx.t[table];
    const [row] = yield* step(tx.orm.update(endpoints).set(change).where(eq(endpoints.id, id)).returning());
    if (!row) return null;
    if (labels) yield* writeLabels(tx, TRAITS[table].noun, id, labels);
    if (change.config) yield* forgetVersion(tx, id);
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "jobs" });
    return row;
  }).catch((error) => throwNameTaken(table, error));
}

/** Remembers the mount points of an endpoint's local paths. */
export function noteEndpointMounts(
  table: EndpointTableName,
  id: string,
  mounts: Record<string, string>,
): Promise<void> {
  return transact([], function* (tx) {
    const endpoints = tx.t[table];
    yield* step(tx.orm.update(endpoints).set({ mounts }).where(eq(endpoints.id, id)));
  });
}

/** Deletes an endpoint that nothing uses. @returns what uses it, in words, read in the same transaction */
export function deleteEndpoint(table: EndpointTableName, id: string, audit: AuditInsert): Promise<string[]> {
  const { noun, findUsers } = TRAITS[table];
  return transact([`${noun}:${id}`], function* (tx) {
    const users = yield* findUsers(tx, id);
    if (users.length > 0) return users;
    const endpoints = tx.t[table];
    yield* step(tx.orm.delete(endpoints).where(eq(endpoints.id, id)));
    yield* forgetConnection(tx, id);
    if (table === "destinations") yield* forgetLocation(tx, "destination", id);
    else yield* closeAlertsOf(tx, "source", id, "subject_removed");
    yield* writeLabels(tx, noun, id, {});
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "jobs" });
    return [];
  });
}

function* findSourceUsers(tx: Tx, id: string): Steps<string[]> {
  const { jobs } = tx.t;
  const users = yield* step(
    tx.orm.select({ name: jobs.name }).from(jobs).where(eq(jobs.sourceId, id)).orderBy(jobs.name),
  );
  return users.map((job) => job.name);
}

function* findDestinationUsers(tx: Tx, id: string): Steps<string[]> {
  const { jobs, jobDestinations, artifacts, runs } = tx.t;
  const jobsOfIt = yield* step(
    tx.orm
      .select({ name: jobs.name })
      .from(jobDestinations)
      .innerJoin(jobs, eq(jobs.id, jobDestinations.jobId))
      .where(eq(jobDestinations.destinationId, id))
      .orderBy(jobs.name),
  );
  const users = jobsOfIt.map((job) => `the job ${job.name}`);
  const { syncs } = tx.t;
  const syncsOfIt = yield* step(
    tx.orm.select({ name: syncs.name }).from(syncs).where(eq(syncs.destinationId, id)).orderBy(syncs.name),
  );
  users.push(...syncsOfIt.map((sync) => `the sync ${sync.name}`));
  const config = yield* readSetting<{ config?: { destinationId?: unknown } }>(tx, "config-backup");
  if (config?.config?.destinationId === id) users.push("the configuration backup");
  const active = yield* step(
    tx.orm
      .select({ params: runs.params })
      .from(runs)
      .where(and(inArray(runs.status, ["queued", "running"]), inArray(runs.kind, ["config_backup", "restore"]))),
  );
  if (active.some((run) => run.params.destinationId === id)) users.push("an active run");
  const stored = yield* step(
    tx.orm.select({ id: artifacts.id }).from(artifacts).where(eq(artifacts.destinationId, id)),
  );
  if (stored.length > 0) users.push(pluralize(stored.length, "stored backup"));
  return users;
}

function throwNameTaken(table: EndpointTableName, error: unknown): never {
  if (!isUniqueViolation(error)) throw error;
  const sentence = `Another ${TRAITS[table].noun} has this name.`;
  throw new AppError("conflict", sentence, { fields: { name: sentence } });
}
