import { getTableColumns, getTableName, is } from "drizzle-orm";
import { PgTable, getTableConfig as postgresConfig } from "drizzle-orm/pg-core";
import { SQLiteTable, getTableConfig as sqliteConfig } from "drizzle-orm/sqlite-core";
import { expect, it } from "vitest";
import * as postgres from "./postgres";
import * as sqlite from "./sqlite";

type Rows<T> = { [K in keyof T]: T[K] extends { $inferSelect: infer R } ? R : never };
type Inserts<T> = { [K in keyof T]: T[K] extends { $inferInsert: infer R } ? R : never };
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

// Does not compile when a column has another JavaScript type on the other database.
const rowsAreTheSame: Same<Rows<typeof sqlite>, Rows<typeof postgres>> = true;
const insertsAreTheSame: Same<Inserts<typeof sqlite>, Inserts<typeof postgres>> = true;

const names = Object.keys(sqlite) as (keyof typeof sqlite)[];

it("both databases have the same tables", () => {
  expect(Object.keys(postgres).sort()).toEqual([...names].sort());
  expect(rowsAreTheSame && insertsAreTheSame).toBe(true);
});

it.each(names)("%s has the same columns, nulls and indexes on both", (name) => {
  const ours = sqlite[name];
  const theirs = postgres[name];
  if (!is(ours, SQLiteTable) || !is(theirs, PgTable)) throw new Error(`${name} is not a table`);
  expect(getTableName(theirs)).toBe(getTableName(ours));
  const columnsOf = (table: typeof ours | typeof theirs) =>
    Object.entries(getTableColumns(table)).map(([key, { name, notNull }]) => [key, name, notNull]);
  expect(columnsOf(theirs)).toEqual(columnsOf(ours));
  const indexesOf = (indexes: { config: { name?: string; unique?: boolean; where?: unknown } }[]) =>
    indexes.map(({ config }) => [config.name, config.unique ?? false, config.where !== undefined]);
  expect(indexesOf(postgresConfig(theirs).indexes)).toEqual(indexesOf(sqliteConfig(ours).indexes));
});
