import pg from "pg";

/** PostgreSQL's text cannot hold the character NUL; text from outside may. */
const NUL = /\0/g;

type Query = (...args: unknown[]) => unknown;

/**
 * The one kind of connection to PostgreSQL, in the pool and beside it.
 * A connection that is lost fails the queries on it and emits `error`, which ends the process when nobody listens, as
 * with a client that is checked out of a pool (node-postgres, "client.on('error')"): so each listens from its birth.
 * NUL is removed from every text that is sent, so that no hostile name fails a whole transaction.
 */
export class PostgresClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on("error", () => undefined);
    const plain = this.query.bind(this) as Query;
    const safe: Query = (query, values, ...more) =>
      plain(query, Array.isArray(values) ? values.map(withoutNul) : values, ...more);
    this.query = safe as typeof this.query;
  }
}

function withoutNul(value: unknown): unknown {
  return typeof value === "string" && value.includes("\0") ? value.replace(NUL, "") : value;
}
