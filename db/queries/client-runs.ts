import { and, eq, inArray, isNotNull, or } from "drizzle-orm";
import { database } from "../client";
import { isOneOf } from "../literal";
import type { ClientStateRow } from "../stores/client-states";
import type { ClientRow } from "../stores/clients";
import type { RunRow } from "../stores/runs";

/** Queued and running runs of a client, in order. */
export async function openRunsOfClient(clientId: string): Promise<RunRow[]> {
  const { orm, t } = database();
  const { runs } = t;
  return await orm
    .select()
    .from(runs)
    .where(and(isOneOf(runs.status, "queued", "running"), eq(runs.clientId, clientId)))
    .orderBy(runs.queuedAt, runs.id);
}

/** Of these runs of a client, those that it is to stop. */
export async function stoppedRunsOfClient(clientId: string, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const { orm, t } = database();
  const { runs } = t;
  const isStopped = or(eq(runs.status, "canceled"), isNotNull(runs.cancelRequestedAt));
  const rows = await orm
    .select({ id: runs.id })
    .from(runs)
    .where(and(inArray(runs.id, [...ids]), eq(runs.clientId, clientId), isStopped));
  return rows.map(({ id }) => id);
}

/** An open run of a client with what decides how long it is waited for; null: its client, its job, or any report, is gone. */
export interface OpenClientRun {
  run: RunRow;
  client: ClientRow | null;
  state: Pick<ClientStateRow, "status" | "lastSeenAt" | "intervalSeconds"> | null;
  job: { graceMinutes: number; timeLimitMinutes: number | null } | null;
}

/** Queued and running runs of all clients. */
export async function openClientRuns(): Promise<OpenClientRun[]> {
  const { orm, t } = database();
  const { runs, clients, clientStates: s, jobs } = t;
  return await orm
    .select({
      run: runs,
      client: clients,
      state: { status: s.status, lastSeenAt: s.lastSeenAt, intervalSeconds: s.intervalSeconds },
      job: { graceMinutes: jobs.graceMinutes, timeLimitMinutes: jobs.timeLimitMinutes },
    })
    .from(runs)
    .leftJoin(clients, eq(clients.id, runs.clientId))
    .leftJoin(s, eq(s.clientId, runs.clientId))
    .leftJoin(jobs, eq(jobs.id, runs.jobId))
    .where(and(isOneOf(runs.status, "queued", "running"), isNotNull(runs.clientId)))
    .orderBy(runs.queuedAt, runs.id);
}

/** Jobs that a client executes, by name. */
export async function jobsOfClient(
  clientId: string,
): Promise<{ id: string; name: string; clientJob: string; enabled: boolean }[]> {
  const { orm, t } = database();
  const { id, name, clientJob, enabled } = t.jobs;
  const rows = await orm
    .select({ id, name, clientJob, enabled })
    .from(t.jobs)
    .where(eq(t.jobs.clientId, clientId))
    .orderBy(name);
  return rows.flatMap((row) => (row.clientJob === null ? [] : [{ ...row, clientJob: row.clientJob }]));
}
