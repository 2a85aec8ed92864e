import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import type * as postgresTables from "./schema/postgres";

/** The tables of the database in use. Both dialects have the same names and types; PostgreSQL's types are used for both. */
export type Tables = typeof postgresTables;
/** The query builder of the database in use. Await everything; no dialect functions outside `db/`. */
export type Orm = NodePgDatabase;

/** A statement that Drizzle has built once. */
export interface PreparedStatement {
  execute(params: Record<string, unknown>): unknown;
}

/** Query builder and tables over the open database. */
export interface DatabaseConnection {
  orm: Orm;
  t: Tables;
  /** Statements that were prepared on it, by name. */
  prepared: Map<string, PreparedStatement>;
}
