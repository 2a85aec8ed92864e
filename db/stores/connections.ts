import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Tables } from "../client";
import { type Steps, step, type Tx, transact } from "../transact";
import type { Change } from "./change";

export type ConnectionRow = Tables["connections"]["$inferSelect"];

/** What a look at a source, destination or repository found, on top of the look before it. */
export interface ConnectionLook {
  table: "sources" | "destinations" | "repositories";
  /** The row as it was before; undefined: there was none. */
  before: ConnectionRow | undefined;
  after: ConnectionRow;
}

/** Stores a look that nobody is notified of. Of an endpoint that was deleted, or looked at by another process meanwhile, nothing is stored. */
export function recordConnection(look: ConnectionLook): Promise<void> {
  return transact([], function* (tx) {
    yield* writeLook(tx, look);
  });
}

/** Stores a look together with the event that reports it: with two processes, once. */
export function connectionChange(look: ConnectionLook): Change {
  return { apply: (tx) => writeLook(tx, look) };
}

function* writeLook(tx: Tx, { table, before, after }: ConnectionLook): Steps<boolean> {
  const endpoints = tx.t[table];
  const { connections } = tx.t;
  const [known] = yield* step(
    tx.orm.select({ id: endpoints.id }).from(endpoints).where(eq(endpoints.id, after.endpointId)),
  );
  if (!known) return false;
  const written = before
    ? yield* step(
        tx.orm
          .update(connections)
          .set(after)
          .where(and(eq(connections.endpointId, after.endpointId), isAsBefore(tx, before)))
          .returning({ id: connections.endpointId }),
      )
    : yield* step(
        tx.orm.insert(connections).values(after).onConflictDoNothing().returning({ id: connections.endpointId }),
      );
  if (written.length > 0) tx.notices.push({ topic: "storage" });
  return written.length > 0;
}

function isAsBefore({ t: { connections } }: Tx, { misses, checkedAt }: ConnectionRow): SQL {
  return sql`${connections.misses} = ${misses} and ${connections.checkedAt} = ${checkedAt}`;
}

/** Another server may stand behind an endpoint from now on: its version is no change of the old one's. */
export function* forgetVersion(tx: Tx, endpointId: string): Steps<void> {
  yield* step(
    tx.orm.update(tx.t.connections).set({ version: null }).where(eq(tx.t.connections.endpointId, endpointId)),
  );
}

/** Forgets a source or destination that is deleted. */
export function* forgetConnection(tx: Tx, endpointId: string): Steps<void> {
  yield* step(tx.orm.delete(tx.t.connections).where(eq(tx.t.connections.endpointId, endpointId)));
}
