export const ENTRY_TYPES = ["folder", "file", "link", "other"] as const;

/** One name within an archive. */
export interface ArchiveEntry {
  /** Below the root of the archive. */
  path: string;
  type: (typeof ENTRY_TYPES)[number];
  bytes: number;
  /** Milliseconds. */
  modifiedAt: number;
}
