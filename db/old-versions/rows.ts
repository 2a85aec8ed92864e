import type { Handle } from "../client";

/** A value of a JSON column. */
export class Json {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

export const json = (value: unknown) => new Json(value);

type Value = string | number | boolean | null | Json;

/** A row by the column names of its version. */
export type Row = Record<string, Value>;

/** A row of the old version, and the columns that hold something else once it is migrated, by their new names. */
export interface OldRow {
  row: Row;
  becomes: Row;
}

export const old = (row: Row, becomes: Row = {}): OldRow => ({ row, becomes });

/** What a database of one version holds, and what the next migration makes of it. */
export interface OldVersion {
  /** The newest migration of that version. */
  lastMigration: string;
  rows: Record<string, OldRow[]>;
  /** Rows that the migration puts into another table, by that table's name. */
  movedRows: Record<string, { from: string; rows: OldRow[] }>;
  /** Columns that only change their name: table, old name, new name. */
  renamedColumns: Record<string, Record<string, string>>;
}

/** Writes rows by plain SQL: the tables' types of today do not fit an old version. */
export async function insertRows(handle: Handle, version: OldVersion): Promise<void> {
  for (const [table, rows] of Object.entries(version.rows)) {
    for (const { row } of rows) await insertRow(handle, table, row);
  }
  for (const { from, rows } of Object.values(version.movedRows)) {
    for (const { row } of rows) await insertRow(handle, from, row);
  }
}

async function insertRow(handle: Handle, table: string, row: Row): Promise<void> {
  const columns = Object.keys(row).map((column) => `"${column}"`);
  const values = Object.values(row).map((value) => (value instanceof Json ? JSON.stringify(value.value) : value));
  if (handle.kind === "sqlite") {
    const bound = values.map((value) => (typeof value === "boolean" ? Number(value) : value));
    handle.raw.prepare(`insert into "${table}" (${columns}) values (${bound.map(() => "?")})`).run(...bound);
  } else {
    const places = values.map((_, at) => `$${at + 1}`);
    await handle.pool.query(`insert into "${table}" (${columns}) values (${places})`, values);
  }
}

/** The row as it has to read after the migration, by column name. */
export function migratedRow({ row, becomes }: OldRow, renamed: Record<string, string> = {}): Record<string, unknown> {
  const kept = Object.entries(row).map(([column, value]) => [renamed[column] ?? column, value] as const);
  return Object.fromEntries(
    [...kept, ...Object.entries(becomes)].map(([column, value]) => [
      column,
      value instanceof Json ? value.value : value,
    ]),
  );
}
