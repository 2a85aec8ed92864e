import { getTableColumns, sql } from "drizzle-orm";
import { databaseHandle } from "../client";
import { jsonOfTable } from "../json-rows";
import { type Steps, step, stepPrepared, type Tx } from "../transact";
import type { DeliveryRow } from "./new-delivery";

/**
 * Inserts deliveries. On PostgreSQL, which is a network away, all with one statement; SQLite runs one prepared statement,
 * with a placeholder for each column there is, quicker once for each.
 */
export function* insertDeliveries(tx: Tx, rows: readonly DeliveryRow[]): Steps<void> {
  if (rows.length === 0) return;
  const { deliveries } = tx.t;
  if (databaseHandle().kind === "postgres") {
    const values = jsonOfTable(deliveries, rows);
    yield* step(
      tx.orm.execute(
        sql`insert into ${deliveries} select * from json_populate_recordset(null::${deliveries}, ${values}::json)`,
      ),
    );
    return;
  }
  for (const row of rows) {
    yield* stepPrepared(
      tx,
      "delivery_insert",
      () => {
        const names = Object.keys(getTableColumns(deliveries));
        const values = Object.fromEntries(names.map((name) => [name, sql.placeholder(name)]));
        return tx.orm.insert(deliveries).values(values as unknown as DeliveryRow);
      },
      { ...row },
    );
  }
}
