import { and, asc, desc, eq, gt, gte, inArray, isNull, or, sql } from "drizzle-orm";
import type { ClientDisk, ClientStatus, DiskThreshold } from "@/lib/core/client";
import type { LabelFilter } from "@/lib/core/label";
import { database } from "../client";
import type { ClientStateRow } from "../stores/client-states";
import type { ClientRow } from "../stores/clients";
import type { ClientLimit } from "./client-scope";
import { hasLabel } from "./labels";
import { nameHas } from "./name-has";

/** A client with what it last said; null: it has not reported yet. */
export interface ClientWithState {
  client: ClientRow;
  state: ClientStateRow | null;
}

interface ClientFilter {
  cursor?: string;
  limit: number;
  /** Searched for in the name. */
  q?: string;
  label?: LabelFilter;
  status?: ClientStatus;
  /** Only these. */
  clientIds?: ClientLimit;
}

/** In order of creation. */
export async function listClients({
  cursor,
  limit,
  q,
  label,
  status,
  clientIds,
}: ClientFilter): Promise<ClientWithState[]> {
  const { orm, t } = database();
  const { clients: c, clientStates: s } = t;
  const isInStatus = status === undefined ? undefined : status === "new" ? isNull(s.clientId) : eq(s.status, status);
  const isOneOfThese = clientIds ? inArray(c.id, [...clientIds]) : undefined;
  return await orm
    .select({ client: c, state: s })
    .from(c)
    .leftJoin(s, eq(s.clientId, c.id))
    .where(
      and(
        cursor ? gt(c.id, cursor) : undefined,
        isOneOfThese,
        nameHas(c.name, q),
        hasLabel("client", c.id, label),
        isInStatus,
      ),
    )
    .orderBy(asc(c.id))
    .limit(limit);
}

export async function findClient(id: string): Promise<ClientWithState | null> {
  const { orm, t } = database();
  const { clients: c, clientStates: s } = t;
  const [row] = await orm
    .select({ client: c, state: s })
    .from(c)
    .leftJoin(s, eq(s.clientId, c.id))
    .where(eq(c.id, id))
    .limit(1);
  return row ?? null;
}

/** Names by id, of those that exist. */
export async function clientNames(ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const { orm, t } = database();
  const { id, name } = t.clients;
  const rows = await orm
    .select({ id, name })
    .from(t.clients)
    .where(inArray(id, [...new Set(ids)]));
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** A client that calls: what its token leads to. */
export interface CallingClient extends Pick<ClientRow, "id" | "name" | "intervalSeconds" | "revokedAt"> {
  isOnline: boolean;
}

/** @param tokenHash SHA-256 in hex */
export async function clientByToken(tokenHash: string): Promise<CallingClient | null> {
  const { orm, t } = database();
  const { clients: c, clientStates: s } = t;
  const [row] = await orm
    .select({
      client: { id: c.id, name: c.name, intervalSeconds: c.intervalSeconds, revokedAt: c.revokedAt },
      status: s.status,
    })
    .from(c)
    .leftJoin(s, eq(s.clientId, c.id))
    .where(eq(c.tokenHash, tokenHash))
    .limit(1);
  return row ? { ...row.client, isOnline: row.status === "online" } : null;
}

/** The latest outages of a client that were reported, the last one first. */
export async function outagesOf(clientId: string, limit: number) {
  const { orm, t } = database();
  const { id, openedAt, resolvedAt, resolution, subjectKind, subjectId, type } = t.alerts;
  return await orm
    .select({ id, openedAt, resolvedAt, resolution })
    .from(t.alerts)
    .where(and(eq(subjectKind, "client"), eq(subjectId, clientId), eq(type, "client.offline")))
    .orderBy(desc(id))
    .limit(limit);
}

/** What the disks of each client were like when it last reported. @param since milliseconds: those that reported before are left out */
export async function reportedDisks(
  since: number,
): Promise<{ id: string; name: string; disks: ClientDisk[]; diskThresholds: DiskThreshold[] }[]> {
  const { orm, t } = database();
  const { clients: c, clientStates: s } = t;
  return await orm
    .select({ id: c.id, name: c.name, disks: s.disks, diskThresholds: c.diskThresholds })
    .from(s)
    .innerJoin(c, eq(c.id, s.clientId))
    .where(and(gte(s.lastSeenAt, since), isNull(c.revokedAt)));
}

export async function countClients(): Promise<number> {
  const { orm, t } = database();
  return await orm.$count(t.clients);
}

/** A client that is offline and of which nobody was notified yet. */
export interface UnreportedClient extends Pick<ClientRow, "id" | "name" | "offlineAfterMinutes" | "intermittent"> {
  /** Milliseconds. */
  lastSeenAt: number;
}

/** Clients that are offline, watched and not reported, without those whose own delay is not over. @param now milliseconds */
export async function unreportedOffline(now: number): Promise<UnreportedClient[]> {
  const { orm, t } = database();
  const { clients: c, clientStates: s } = t;
  return await orm
    .select({
      id: c.id,
      name: c.name,
      offlineAfterMinutes: c.offlineAfterMinutes,
      intermittent: c.intermittent,
      lastSeenAt: s.lastSeenAt,
    })
    .from(s)
    .innerJoin(c, eq(c.id, s.clientId))
    .where(
      and(
        eq(s.status, "offline"),
        isNull(s.reportedAt),
        eq(c.muted, false),
        isNull(c.revokedAt),
        or(gt(s.lastSeenAt, now), sql`${s.lastSeenAt} + coalesce(${c.offlineAfterMinutes}, 0) * 60000 < ${now}`),
      ),
    )
    .orderBy(asc(s.lastSeenAt));
}
