import type { SyncView } from "@/lib/services/syncs/view";

/** What a person fills in about a sync. */
export interface SyncDraft {
  name: string;
  copies: "folder" | "repository";
  path: string;
  /** One pattern a line. */
  exclude: string;
  repositoryId: string;
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
    copies: "folder",
    path: "",
    exclude: "",
    repositoryId: "",
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
    copies: sync.from.repositoryId === undefined ? "folder" : "repository",
    path: sync.from.path ?? "",
    exclude: sync.exclude.join("\n"),
    repositoryId: sync.from.repositoryId ?? "",
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
export function syncInput(draft: SyncDraft) {
  const { name, copies, path, exclude, repositoryId, isScheduled, cron, timezone } = draft;
  const { afterJobId, deleteRemoved, enabled } = draft;
  const isFolder = copies === "folder";
  return {
    name,
    from: isFolder ? { path } : { repositoryId },
    exclude: isFolder ? exclude.split("\n").filter((line) => line.trim() !== "") : [],
    schedule: isScheduled ? { cron, timezone } : null,
    afterJobId: afterJobId || null,
    deleteRemoved,
    enabled,
  };
}
