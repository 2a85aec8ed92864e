/** How far a run had come when that was last noted. */
export interface RunProgress {
  /** Written so far, as it is stored; into a repository, read so far: what the size of a finished run is compared with. */
  bytes: number;
  /** Null: they are not counted while it runs. */
  files: number | null;
  /** Over the last seconds; null once everything is written. */
  bytesPerSecond: number | null;
  /** Milliseconds. */
  at: number;
}
