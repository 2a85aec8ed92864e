import type { SyncView } from "@/lib/services/syncs/view";

/** What a person fills in about a sync. */
export interface SyncDraft {
  name: string;
  path: string;
  destinationId: string;
  isScheduled: boolean;
  cron: string;
  timezone: string;
  /** Empty: after no job. */
  afterJobId: string;
  deleteRemoved: boolean;
  enabled: boolean;
}

export function emptySync(timezone: string): SyncDraft {
  return {
    name: "",
    path: "",
    destinationId: "",
    isScheduled: true,
    cron: "0 4 * * *",
    timezone,
    afterJobId: "",
    deleteRemoved: false,
    enabled: true,
  };
}

/** A sync as it is stored, to be changed. @param timezone of a schedule that it may get */
export function syncDraftOf(sync: SyncView, timezone: string): SyncDraft {
  const empty = emptySync(timezone);
  return {
    ...empty,
    name: sync.name,
    path: sync.from.path,
    destinationId: sync.destinationId,
    isScheduled: sync.schedule !== null,
    cron: sync.schedule?.cron ?? empty.cron,
    timezone: sync.schedule?.timezone ?? timezone,
    afterJobId: sync.afterJobId ?? "",
    deleteRemoved: sync.deleteRemoved,
    enabled: sync.enabled,
  };
}

/** The draft as the verbs take it. */
export function syncInput({ name, path, isScheduled, cron, timezone, afterJobId, deleteRemoved, enabled }: SyncDraft) {
  return {
    name,
    from: { path },
    schedule: isScheduled ? { cron, timezone } : null,
    afterJobId: afterJobId || null,
    deleteRemoved,
    enabled,
  };
}
