import type { DatabaseConnection } from "./connection";
import type { Steps, Tx } from "./steps";

/** A body that waits for the next commit. */
export interface WaitingBody {
  body: (tx: Tx) => Steps<unknown>;
  connection: DatabaseConnection;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/** The bodies that go into the next commit of one connection, from all bundles. */
export interface CommitGroup {
  waiting: WaitingBody[];
  isScheduled: boolean;
  /** Runs out for those that only wait for others. */
  patience: NodeJS.Timeout | null;
  blockedSince: number | null;
}
