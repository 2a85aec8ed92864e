import type { Steps, Tx } from "../transact";

/**
 * A store change that is written in the same transaction as the event that tells of it,
 * so that no crash can part what happened from who is told.
 * Made only by the named functions of `db/stores` (run settled, user created …): a closed list.
 */
export interface Change {
  /**
   * @param eventId the event that is written with it
   * @returns false when it did not apply (a compare-and-set was lost): then nothing is recorded and nobody is told
   */
  apply(tx: Tx, eventId: string): Steps<boolean>;
}
