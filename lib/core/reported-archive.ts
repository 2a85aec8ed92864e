/** An archive as the program that made it reported it: what Belfry knows of a backup that it does not store itself. */
export interface ReportedArchive {
  /** Where it is, in the program's words. */
  repository: string;
  /** The repository's name in the program's configuration; empty: none. */
  label: string;
  name: string;
  /** Hexadecimal; names may come again, ids do not. */
  id: string;
  /** Milliseconds. */
  startedAt: number;
  /** Null here and below: the program did not say. */
  durationMs: number | null;
  /** Of what was read, bytes. */
  originalBytes: number | null;
  compressedBytes: number | null;
  /** What the repository grew by, bytes. */
  deduplicatedBytes: number | null;
  files: number | null;
}
