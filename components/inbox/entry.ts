import type { ActionResult } from "@/lib/core/action-error";
import type { SubjectKind } from "@/lib/core/event";
import type { EntryStatus } from "@/lib/core/inbox";
import type { Severity } from "@/lib/core/severity";

/** An entry of the inbox as its screens show it. Times are ISO 8601. */
export interface InboxItem {
  id: string;
  kind: "alert" | "event";
  typeName: string;
  title: string;
  message: string;
  subject: { kind: SubjectKind; id: string; name: string };
  severity: Severity;
  occurrences: number;
  lastOccurredAt: string;
  status: EntryStatus;
  isRead: boolean;
  snoozedUntil: string | null;
  link: string;
}

type Act<I> = (input: I) => Promise<ActionResult<InboxItem>>;

/** What a reader may do to an entry. */
export interface EntryActions {
  read: Act<{ id: string }>;
  /** Left out for who may not change alerts. */
  forAlerts?: {
    acknowledge: Act<{ id: string }>;
    resolve: Act<{ id: string }>;
    snooze: Act<{ id: string; until: string | null }>;
  };
}

export const ENTRY_STATUS_LABEL: Record<EntryStatus, string> = {
  new: "New",
  read: "Read",
  acknowledged: "Acknowledged",
  resolved: "Resolved",
};

/** The beginning of a message; the page of the entry has all of it. */
export function firstLine(text: string, most = 160): string {
  const line = text.split("\n", 1)[0] ?? "";
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

const PAGE_OF: Partial<Record<SubjectKind, string>> = {
  job: "/jobs",
  source: "/sources",
  destination: "/destinations",
  client: "/clients",
  repository: "/repositories",
  channel: "/channels",
  user: "/users",
};

/** Where a subject has a page of its own; undefined for one that has none. */
export function subjectPath({ kind, id }: InboxItem["subject"]): string | undefined {
  const path = PAGE_OF[kind];
  return path && id !== "hidden" ? `${path}/${encodeURIComponent(id)}` : undefined;
}

/** `1,000+` at the most that is counted. @param most as many as are counted */
export function countLabel(count: number, most: number): string {
  return count >= most ? `${most.toLocaleString("en-US")}+` : String(count);
}
