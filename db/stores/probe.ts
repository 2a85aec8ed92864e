import { transact } from "../transact";
import { putState } from "./system-state";

/** Writes and commits something small. @throws AppError `unavailable` when the database cannot be written */
export function probeWriting(now: number): Promise<void> {
  return transact([], (tx) => putState(tx, "written-at", now, now));
}
