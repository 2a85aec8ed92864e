import { connectionsOf } from "@/db/queries/connections";
import { type EndpointRow, type EndpointTableName, listEndpoints } from "@/db/queries/endpoints";
import { installationPause } from "@/db/queries/installation";
import { listRepositories, type RepositoryRow } from "@/db/queries/repositories";
import { storageUsageOf } from "@/db/queries/storage";
import { type ConnectionRow, connectionChange, recordConnection } from "@/db/stores/connections";
import { OFFLINE_AFTER } from "@/lib/core/connection";
import type { Subject } from "@/lib/core/event";
import { loggerOf } from "@/lib/core/logger";
import { Loop } from "@/lib/core/loop";
import { emit } from "@/lib/dispatch/emit";
import { connectionOffline } from "@/lib/events/connection-offline";
import { connectionOnline } from "@/lib/events/connection-online";
import { databaseVersionChanged } from "@/lib/events/database-version-changed";
import { openEndpoint, openSourceRow } from "./endpoints";
import { requireMounts } from "./mounts";
import { probe } from "./probe";
import { openRepository } from "./repositories/open-repository";
import { reachRepository } from "./repositories/reach";
import { toRunError } from "./run-error";

const log = loggerOf("connections");

const EVERY_MS = 60_000;
const FIRST_AFTER_MS = 5_000;
/** How often one that answers is looked at; one that does not is looked at each minute. */
const ONLINE_EVERY_MS = 5 * 60_000;
/** A look that is due within this time is made now. */
const SLACK_MS = 10_000;
/** As many are asked at the same time. */
const AT_ONCE = 4;
/** More than anybody has of any. */
const MOST = 10_000;
/** How long one may take to answer, milliseconds. */
const ANSWER_MS = 20_000;

/** Looks whether sources, destinations and repositories answer. A background part with `start` and `stop`. */
export class ConnectionChecks {
  readonly name = "connection checks";
  private readonly loop: Loop;

  constructor() {
    const options = { name: this.name, intervalMs: EVERY_MS, firstAfterMs: FIRST_AFTER_MS };
    this.loop = new Loop(options, () => checkConnections(Date.now()));
  }

  start(): Promise<void> {
    return this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }
}

/**
 * Looks at every source, destination and repository that is due. The third look in a row that misses one raises `connection.offline`; the first that
 * reaches it again `connection.online`. How often one was missed is stored, so a restart forgets no miss.
 * @param now milliseconds @param answerMs how long one may take
 */
export async function checkConnections(now: number, answerMs: number = ANSWER_MS): Promise<void> {
  // A copy leaves the watching to its original until a person has decided.
  if ((await installationPause()) !== null) return;
  const rows = await allWatched();
  // A destination that is not mounted has an alert of its own.
  const usage = await storageUsageOf(rows.map(({ row }) => row.id));
  const all = rows.filter(({ row }) => usage.get(row.id)?.state !== "unmounted");
  const known = await connectionsOf(all.map(({ row }) => row.id));
  const due = all.filter(({ row }) => isDue(known.get(row.id), now));
  const next = async (): Promise<void> => {
    for (let watched = due.shift(); watched; watched = due.shift()) {
      await record(watched, known.get(watched.row.id), await look(watched, answerMs), now);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}

type Watched = { table: EndpointTableName; row: EndpointRow } | { table: "repositories"; row: RepositoryRow };

const NOUN = { sources: "source", destinations: "destination", repositories: "repository" } as const;

async function allWatched(): Promise<Watched[]> {
  const [sources, destinations, repositories] = await Promise.all([
    listEndpoints("sources", { limit: MOST }),
    listEndpoints("destinations", { limit: MOST }),
    listRepositories({ limit: MOST }),
  ]);
  return [
    ...sources.map((row): Watched => ({ table: "sources", row })),
    ...destinations.map((row): Watched => ({ table: "destinations", row })),
    ...repositories.map(({ repository: row }): Watched => ({ table: "repositories", row })),
  ];
}

interface Found {
  /** Null: it was reached. */
  failure: { error: string; advice?: string | undefined } | null;
  version: string | null;
}

function isDue(row: ConnectionRow | undefined, now: number): boolean {
  if (!row) return true;
  const everyMs = row.misses === 0 ? ONLINE_EVERY_MS : EVERY_MS;
  return Math.abs(now - row.checkedAt) >= everyMs - SLACK_MS;
}

async function look(watched: Watched, answerMs: number): Promise<Found> {
  const { table, row } = watched;
  try {
    await requireMounts(`The ${NOUN[table]} ${row.name}`, row.mounts);
    if (watched.table === "repositories") {
      await reachRepository(openRepository(watched.row), answerMs);
      return { failure: null, version: null };
    }
    if (watched.table === "sources") {
      const { kind, config, secrets } = openSourceRow(watched.row);
      const { version = null } = await probe(secrets, (io) => kind.preflight(config, io), answerMs);
      return { failure: null, version };
    }
    const { kind, config, secrets } = openEndpoint(watched.row);
    await probe(secrets, async (io) => void (await (kind.reach ?? kind.measure)(config, io)), answerMs);
    return { failure: null, version: null };
  } catch (error) {
    const { message, advice } = toRunError(error);
    return { failure: { error: message, advice: advice ?? undefined }, version: null };
  }
}

async function record({ table, row }: Watched, before: ConnectionRow | undefined, found: Found, now: number) {
  const { id: endpointId, name } = row;
  const subject: Subject = { kind: NOUN[table], id: endpointId, name };
  const missed = before?.misses ?? 0;
  const misses = found.failure ? missed + 1 : 0;
  const since = before?.missingSince ?? now;
  const after: ConnectionRow = {
    endpointId,
    misses,
    missingSince: found.failure ? since : null,
    problem: found.failure?.error ?? null,
    version: found.version ?? before?.version ?? null,
    checkedAt: now,
  };
  const written = { table, before, after };
  if (found.failure && misses === OFFLINE_AFTER) {
    log.warn("a connection is offline", { endpointId, reason: found.failure.error });
    await emit(
      connectionOffline.draft({ subject, data: { ...found.failure, connection: { since, misses } } }),
      connectionChange(written),
    );
  } else if (!found.failure && missed >= OFFLINE_AFTER) {
    const connection = { since, misses: missed, downtimeMs: now - since };
    await emit(connectionOnline.draft({ subject, data: { connection } }), connectionChange(written));
  } else if (before?.version && found.version && before.version !== found.version) {
    const version = { before: before.version, now: found.version };
    await emit(databaseVersionChanged.draft({ subject, data: { version } }), connectionChange(written));
  } else {
    await recordConnection(written);
  }
}
