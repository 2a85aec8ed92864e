import type { Notice } from "@/lib/core/bus";
import type { DatabaseConnection, PreparedStatement } from "./connection";

/**
 * A transaction's body is written once, as a generator that yields its queries: on SQLite they run at once
 * on the one connection, on PostgreSQL each is awaited. So there is one body for both databases, and no
 * promise can slip between the statements of a SQLite transaction.
 */
export type Steps<T> = Generator<Query, T, unknown>;

/** What a body yields: a query as built, or one that was prepared before with its parameters. */
export type Query = PromiseLike<unknown> | PreparedQuery;

export interface PreparedQuery {
  isPrepared: true;
  statement: PreparedStatement;
  params: Record<string, unknown>;
}

export interface Tx extends DatabaseConnection {
  /** Published to listeners of all processes once the transaction is committed. */
  notices: Notice[];
}

interface Preparable<T> extends PromiseLike<T> {
  prepare(name: string): unknown;
}

/** One query of a transaction: `const rows = yield* step(tx.orm.select()…)`. */
export function* step<T>(query: PromiseLike<T>): Steps<T> {
  return (yield query) as T;
}

/**
 * One query of a hot path, built and prepared once per connection.
 * @param name unique in the program
 * @param build makes the query with `sql.placeholder`s
 */
export function* stepPrepared<T>(
  tx: Tx,
  name: string,
  build: () => Preparable<T>,
  params: Record<string, unknown>,
): Steps<T> {
  let statement = tx.prepared.get(name);
  if (!statement) {
    statement = build().prepare(name) as PreparedStatement;
    tx.prepared.set(name, statement);
  }
  return (yield { isPrepared: true, statement, params }) as T;
}

/** How many rows a prepared statement without `returning` touched. */
export function* stepCount(
  tx: Tx,
  name: string,
  build: () => Preparable<unknown>,
  params: Record<string, unknown>,
): Steps<number> {
  const result = (yield* stepPrepared(tx, name, build, params)) as { changes?: number; rowCount?: number | null };
  return result.changes ?? result.rowCount ?? 0;
}
