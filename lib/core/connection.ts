/** Looks in a row that must miss a source, destination or repository before it is offline. */
export const OFFLINE_AFTER = 3;

/** `unknown`: it was not looked at yet. `missing`: not reached, but not so often that it is offline. */
export const CONNECTION_STATES = ["unknown", "online", "missing", "offline"] as const;
export type ConnectionState = (typeof CONNECTION_STATES)[number];

/** @param misses looks in a row that did not reach it; undefined: there was none */
export function connectionState(misses: number | undefined): ConnectionState {
  if (misses === undefined) return "unknown";
  if (misses === 0) return "online";
  return misses < OFFLINE_AFTER ? "missing" : "offline";
}
