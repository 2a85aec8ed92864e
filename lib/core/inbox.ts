/** What a user wants of the bell. */
export interface InboxPreferences {
  /** What its badge counts. */
  counts: "problems" | "everything";
  /** Categories of events that it counts; null: all. */
  categories: string[] | null;
  /** Notifications of the browser while a tab is open. */
  browser: boolean;
  sound: boolean;
  /** Single letters act on the rows of the inbox. */
  keys: boolean;
}

/** Of a user who has chosen nothing yet, and of every API key. */
export const DEFAULT_INBOX: InboxPreferences = {
  counts: "problems",
  categories: null,
  browser: false,
  sound: false,
  keys: true,
};

/** How an entry of the inbox is to its reader: the first that applies, from the end. */
export const ENTRY_STATUSES = ["new", "read", "acknowledged", "resolved"] as const;
export type EntryStatus = (typeof ENTRY_STATUSES)[number];

/** As many unread entries are counted; more are shown as "more than". */
export const MOST_UNREAD = 1_000;
