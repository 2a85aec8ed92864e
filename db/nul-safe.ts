import pg from "pg";

/** PostgreSQL's text cannot hold the character NUL; text from outside may. */
const NUL = /\0/g;

type Query = (...args: unknown[]) => unknown;

/** A client that removes NUL from every text it sends, so that no hostile name fails a whole transaction. */
export class NulSafeClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const plain = this.query.bind(this) as Query;
    const safe: Query = (query, values, ...more) =>
      plain(query, Array.isArray(values) ? values.map(withoutNul) : values, ...more);
    this.query = safe as typeof this.query;
  }
}

function withoutNul(value: unknown): unknown {
  return typeof value === "string" && value.includes("\0") ? value.replace(NUL, "") : value;
}
