import { isStorageFault } from "@/db/faults";
import { isAppError } from "@/lib/core/errors";
import { sharedState } from "@/lib/core/runtime";

type Listener = (error: unknown) => void;

/** RoutingPreview wants to know that the database could not be written. */
const listeners = sharedState("dispatch.storage-watch", () => new Set<Listener>());

export function onStorageFault(listener: Listener): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** When the database last could not be written, by a clock that nobody sets. */
const noticed = sharedState("dispatch.storage-fault", () => ({ at: null as number | null }));

/** How long ago this process last saw that the database cannot be written, milliseconds; null: never. */
export function sinceStorageFault(): number | null {
  return noticed.at === null ? null : performance.now() - noticed.at;
}

/** To be called with every error of a write; those that are not about storage are passed over. */
export function noticeStorageFault(error: unknown): void {
  if (!isStorageFault(isAppError(error) && error.code === "unavailable" ? error.details.cause : error)) return;
  noticed.at = performance.now();
  for (const listener of listeners) listener(error);
}
