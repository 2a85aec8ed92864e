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

const ours = Object.entries(sqlite);
const theirs = new Map<string, unknown>(Object.entries(postgres));

it("both databases have the same tables", () => {
  expect([...theirs.keys()].sort()).toEqual(ours.map(([name]) => name).sort());
  expect(rowsAreTheSame && insertsAreTheSame).toBe(true);
});

it.each(ours)("%s has the same columns, nulls and indexes on both", (name, table) => {
  const twin = theirs.get(name);
  if (!is(table, SQLiteTable) || !is(twin, PgTable)) throw new Error(`${name} is not a table`);
  expect(getTableName(twin)).toBe(getTableName(table));
  const columnsOf = (one: typeof table | typeof twin) =>
    Object.entries(getTableColumns(one)).map(([key, { name, notNull }]) => [key, name, notNull]);
  expect(columnsOf(twin)).toEqual(columnsOf(table));
  const indexesOf = (indexes: { config: { name?: string; unique?: boolean; where?: unknown } }[]) =>
    indexes.map(({ config }) => [config.name, config.unique ?? false, config.where !== undefined]);
  expect(indexesOf(postgresConfig(twin).indexes)).toEqual(indexesOf(sqliteConfig(table).indexes));
});
