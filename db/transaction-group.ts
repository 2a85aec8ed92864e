import type { Steps, Tx } from "./steps";

/** A body that does the work of several callers in one transaction. */
export interface SharedBody<I, T> {
  /** What must not be decided by two at once, of one caller. */
  lockKeys(input: I): readonly string[];
  /** How much work one caller brings; a transaction takes so much as `MOST_TOGETHER`. */
  sizeOf(input: I): number;
  /** True: this caller shares no transaction. */
  isApart(input: I): boolean;
  /**
   * Does the work of all callers, or throws: then each caller's is done by itself. May be called again with the same inputs.
   * @returns a result for each, in the same order
   */
  run(tx: Tx, inputs: readonly I[]): Steps<T[]>;
  /** Whether an earlier attempt with these inputs, whose commit got no answer, was committed. */
  wasCommitted(tx: Tx, inputs: readonly I[]): Steps<boolean>;
}

/** A caller that waits for the next transaction. */
export interface WaitingCaller {
  input: unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** The callers of one body. */
export interface TransactionGroup {
  waiting: WaitingCaller[];
  running: number;
  isScheduled: boolean;
}
