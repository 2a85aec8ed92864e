/** Time zones differ by whole quarters of an hour: figures of them can be added up to the days of any. */
export const QUARTER_MS = 900_000;
