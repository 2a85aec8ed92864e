import type { Steps, Tx } from "../transact";

/**
 * A store change that is written in the same transaction as the event that reports it, so that no crash can separate
 * what happened from its notifications. Made only by the named functions of `db/stores` (`settleRunChange`,
 * `insertUserChange` …): a closed list.
 */
export interface Change {
  /**
   * @param eventId the event that is written with it
   * @returns false when it did not apply (a compare-and-set was lost): then nothing is recorded and nobody is notified
   */
  apply(tx: Tx, eventId: string): Steps<boolean>;
}
