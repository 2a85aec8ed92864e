import { and, type SQL } from "drizzle-orm";
import type { Tables } from "../client";
import { isOneOf } from "../literal";

/** Runs that made a backup, worded as the index of these runs is. */
export function isMade(runs: Tables["runs"]): SQL | undefined {
  return and(isOneOf(runs.kind, "backup"), isOneOf(runs.status, "success", "warning"));
}
