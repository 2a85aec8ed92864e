import { step, transact } from "../transact";
import { readState } from "./system-state";

const SECRET_CHECK = "secret-check";

/** Returns the stored check value; the first start of an installation stores its own. */
export function readOrStoreSecretCheck(own: string, now: number): Promise<unknown> {
  return transact([], function* (tx) {
    yield* step(
      tx.orm.insert(tx.t.systemState).values({ key: SECRET_CHECK, value: own, updatedAt: now }).onConflictDoNothing(),
    );
    return yield* readState<unknown>(tx, SECRET_CHECK);
  });
}
