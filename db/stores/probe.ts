import { transact } from "../transact";
import { putSetting } from "./settings";

/** Writes and commits something small. @throws AppError `unavailable` when the database cannot be written */
export function probeWriting(now: number): Promise<void> {
  return transact([], (tx) => putSetting(tx, "written-at", now, now));
}
