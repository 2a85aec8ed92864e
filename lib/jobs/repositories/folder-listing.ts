import type { ArchiveEntry } from "@/lib/core/archive-entry";
import { RunError } from "../run-error";

/** As many names of one folder are shown. */
const MOST_ENTRIES = 20_000;

/** Keeps what lies directly in a folder, of everything below it. A folder that has no entry of its own is made of what is in it. */
export class FolderListing {
  private readonly found = new Map<string, ArchiveEntry>();
  private readonly start: string;

  /** @param folder empty: the root */
  constructor(folder: string) {
    this.start = folder === "" ? "" : `${folder}/`;
  }

  add(entry: ArchiveEntry): void {
    const path = entry.path.replace(/^\.?\//, "");
    if (!path.startsWith(this.start) || path === "." || path.length === this.start.length) return;
    const [name = "", ...deeper] = path.slice(this.start.length).split("/");
    const own = `${this.start}${name}`;
    if (deeper.length === 0) this.found.set(own, { ...entry, path: own });
    else if (!this.found.has(own))
      this.found.set(own, { path: own, type: "folder", bytes: 0, modifiedAt: entry.modifiedAt });
    if (this.found.size > MOST_ENTRIES)
      throw new RunError(
        `This folder holds more than ${MOST_ENTRIES.toLocaleString("en-US")} names, too many to show.`,
      );
  }

  /** Folders first, then by name. */
  entries(): ArchiveEntry[] {
    const rank = ({ type }: ArchiveEntry) => (type === "folder" ? 0 : 1);
    return [...this.found.values()].sort(
      (one, other) => rank(one) - rank(other) || (one.path < other.path ? -1 : one.path > other.path ? 1 : 0),
    );
  }
}
