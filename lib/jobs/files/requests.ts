import type { StorageFigures } from "@/lib/core/storage";

/** What a file process may be asked for, one thing each. Files and folders to write, read and list are below its root. */
export type FileRequest =
  | { op: "write"; file: string }
  | { op: "read"; file: string; decompress?: "gzip" }
  | { op: "probe"; file: string; text: string }
  | { op: "remove"; file: string }
  | { op: "stat"; path: string }
  | { op: "answers"; path: string }
  | { op: "names"; path: string }
  | { op: "list"; path: string }
  | { op: "measure" };

/** What is at a path: links followed at the path itself, not in a list. */
export interface FoundFile {
  type: "file" | "directory" | "other";
  bytes: number;
  /** Milliseconds. */
  modifiedAt: number;
}

/** The answers of the requests that are no stream. */
export interface FileAnswers {
  /** Free bytes, once a file could be written, read and removed. */
  probe: number;
  /** False: it did not exist. */
  remove: boolean;
  stat: FoundFile;
  /** The disk has answered. */
  answers: null;
  names: string[];
  list: (FoundFile & { name: string })[];
  measure: StorageFigures;
}
