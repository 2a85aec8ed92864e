import pg from "pg";
import type { ConnectionWatch } from "./connection-watch";
import { PostgresClient } from "./postgres-client";
import { retryPassing } from "./retry-passing";

/** How long one attempt to connect may take. */
export const CONNECT_MS = 10_000;

/** A process that stands still in the middle of a transaction keeps its locks from the others for no longer, milliseconds. */
const STANDSTILL_MS = 5_000;

type Query = (query: string | { text: string }, ...more: unknown[]) => Promise<unknown>;

/**
 * The connections of this process, made when they are needed.
 * A read outside a transaction whose connection was lost is tried again on another one.
 * @param url `postgres://…`
 * @param max how many connections at most
 */
export function openPool(url: string, max: number, watch: ConnectionWatch): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: "belfry",
    keepAlive: true,
    keepAliveInitialDelayMillis: CONNECT_MS,
    Client: PostgresClient,
    connectionTimeoutMillis: CONNECT_MS,
    // Not a startup parameter: poolers between refuse those that they do not know. A connection is used when this is done.
    onConnect: (client) => client.query(`set idle_in_transaction_session_timeout = ${STANDSTILL_MS}`),
  });
  const lose = (error: Error) => watch.lose(error);
  // Of a connection that is idle, and of one that is in use.
  pool.on("error", lose);
  pool.on("connect", (client) => {
    watch.find();
    client.on("error", lose);
  });
  const plain = pool.query.bind(pool) as Query;
  const lasting: Query = (query, ...more) =>
    isRead(query) ? retryPassing(() => plain(query, ...more)) : plain(query, ...more);
  pool.query = lasting as typeof pool.query;
  return pool;
}

/** Drizzle hands over an object. */
function isRead(query: string | { text: string }): boolean {
  return typeof query === "object" && query.text.startsWith("select");
}
