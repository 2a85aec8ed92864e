/** What a file process may be asked for, one thing each. */
export type FileRequest =
  | { op: "write"; root: string; file: string }
  | { op: "read"; file: string }
  | { op: "probe"; root: string; file: string; text: string }
  | { op: "remove"; root: string; file: string }
  | { op: "stat"; path: string }
  | { op: "answers"; path: string }
  | { op: "names"; path: string }
  | { op: "list"; path: string }
  | { op: "freeBytes"; path: string };

/** What is at a path, links followed. */
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
  freeBytes: number;
}
