import type { StorageFigures, StorageThreshold } from "./storage";

/** Whether a client that has reported before still does. */
export const CLIENT_PRESENCES = ["online", "offline"] as const;
export type ClientPresence = (typeof CLIENT_PRESENCES)[number];

/** `new`: it has not reported yet. */
export const CLIENT_STATUSES = ["new", ...CLIENT_PRESENCES] as const;
export type ClientStatus = (typeof CLIENT_STATUSES)[number];

/** One file system of a client. */
export interface ClientDisk {
  mount: string;
  totalBytes: number;
  freeBytes: number;
  /** What is used, as `df` says; left out by agents that do not say it. */
  usedBytes?: number;
}

/** When one disk of a client counts as low. */
export interface DiskThreshold {
  mount: string;
  threshold: StorageThreshold;
}

/** Names a disk among the locations whose use is remembered. */
export function diskLocation(clientId: string, mount: string): string {
  return `${clientId} ${mount}`;
}

/** How full a disk is: what the system keeps back for itself counts as neither used nor free, as with `df`. */
export function figuresOfDisk({ totalBytes, freeBytes, usedBytes }: ClientDisk): StorageFigures {
  return { usedBytes: usedBytes ?? Math.max(0, totalBytes - freeBytes), freeBytes };
}

/** A job in the configuration of a client. The agent checks the same: `public/belfry-agent.sh`. */
export const CLIENT_JOB_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** How often a client reports unless something else is set, seconds. */
export const DEFAULT_INTERVAL_SECONDS = 60;
/** Heartbeats that a client has to miss in a row before it counts as offline. */
export const MISSED_HEARTBEATS = 3;

/** How long a client may be silent before people are notified, minutes: one that always runs, and one that does not. */
const USUAL_DELAY_MINUTES = { steady: 5, intermittent: 3 * 24 * 60 } as const;

/** The delay of a client, minutes. */
export function offlineDelayMinutes(client: { offlineAfterMinutes: number | null; intermittent: boolean }): number {
  return client.offlineAfterMinutes ?? USUAL_DELAY_MINUTES[client.intermittent ? "intermittent" : "steady"];
}

/** Where the agent is served, and what it must be to be ours: `public/belfry-agent.sh`. */
export const AGENT_SCRIPT = {
  path: "/belfry-agent.sh",
  sha256: "df3e09b79304a43c7cc5a77e96bf0cbdf6f1b564792c1ffb6edd8504bfc7bffc",
} as const;
