import { sharedState } from "./runtime";

/** What changed, so that everything that shows it or works on it reads it again. Carries no data, only names. */
export interface Notice {
  topic:
    | "deliveries"
    | "alerts"
    | "runs"
    | "run-log"
    /** How far runs have come that are under way. */
    | "run-progress"
    /** What other programs said about the runs of external jobs; the ids are those of the jobs. */
    | "signals"
    | "channels"
    /** Clients, and whether they are online. */
    | "clients"
    /** Repositories, and what is known of their contents. */
    | "repositories"
    | "jobs"
    | "settings"
    | "users"
    | "api-keys"
    | "sessions"
    /** Silences, routes, escalation policies, profiles, labels. */
    | "routing"
    /** How full destinations are. */
    | "storage"
    /** What users have read in their inbox; the ids are those of the users. */
    | "inbox";
  /** The rows that changed, when they are few; of `deliveries` the channels that have work now. */
  ids?: string[];
}

type Listener = (notice: Notice) => void;

const listeners = sharedState("bus", () => new Set<Listener>());

/** Calls every listener of this process. An error in one listener reaches no other. */
export function publish(notice: Notice): void {
  for (const listener of listeners) {
    try {
      listener(notice);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

/** Returns the function that ends the subscription. */
export function subscribe(listener: Listener): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
