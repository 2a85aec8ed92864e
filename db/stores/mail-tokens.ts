import { and, like, lt } from "drizzle-orm";
import { step, transact } from "../transact";
import { putState, readState } from "./system-state";

const PREFIX = "mail-token:";
/** A sign-in that nobody used for so long was changed or removed. */
const KEPT_MS = 180 * 24 * 3_600_000;

/** The sealed token of a sign-in; null when none is kept. @param name one sign-in's, without a secret in it */
export async function readMailToken(name: string): Promise<string | null> {
  const found = await transact([], (tx) => readState<unknown>(tx, `${PREFIX}${name}`));
  return typeof found === "string" ? found : null;
}

/** Keeps a token for this and all other processes, and removes those of sign-ins that are no longer used. */
export function writeMailToken(name: string, sealed: string, now: number): Promise<void> {
  return transact([], function* (tx) {
    const { systemState: s } = tx.t;
    yield* putState(tx, `${PREFIX}${name}`, sealed, now);
    yield* step(tx.orm.delete(s).where(and(like(s.key, `${PREFIX}%`), lt(s.updatedAt, now - KEPT_MS))));
  });
}
