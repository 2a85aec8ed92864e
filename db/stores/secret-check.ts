import { step, transact } from "../transact";
import { readSetting } from "./settings";

const SECRET_CHECK = "secret-check";

/** The stored check value; the first start of an installation leaves its own. */
export function readOrStoreSecretCheck(own: string, now: number): Promise<unknown> {
  return transact([], function* (tx) {
    yield* step(
      tx.orm.insert(tx.t.settings).values({ key: SECRET_CHECK, value: own, updatedAt: now }).onConflictDoNothing(),
    );
    return yield* readSetting<unknown>(tx, SECRET_CHECK);
  });
}
