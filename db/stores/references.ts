import { inArray } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import { type Steps, step, type Tx } from "../transact";

/** What jobs and profiles refer to. */
const NOUNS = {
  sources: "source",
  destinations: "destination",
  clients: "client",
  channels: "channel",
  profiles: "profile",
  repositories: "repository",
} as const;

/**
 * Asserts, in the transaction that begins to refer to them, that these rows still exist. Their removal takes the lock
 * `<noun>:<id>` too.
 * @throws AppError `conflict`
 */
export function* assertStillThere(tx: Tx, name: keyof typeof NOUNS, ids: readonly string[]): Steps<void> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return;
  const table = tx.t[name];
  const found = yield* step(tx.orm.select({ id: table.id }).from(table).where(inArray(table.id, wanted)));
  if (found.length < wanted.length)
    throw new AppError("conflict", `A ${NOUNS[name]} was removed at the same moment. Choose again.`);
}
