/** How far a run had come when that was last noted. */
export interface RunProgress {
  /** What was stored so far: what the size of a finished run is compared with. */
  bytes: number;
  /** Null: they are not counted while it runs. */
  files: number | null;
  /** Over the last seconds; null once everything is stored. */
  bytesPerSecond: number | null;
  /** Milliseconds. */
  at: number;
}
