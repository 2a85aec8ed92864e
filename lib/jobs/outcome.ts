import type { RunErrorKind } from "./run-error";

/** How one attempt ended, before anybody is told. */
export interface Outcome {
  status: "success" | "warning" | "failure" | "canceled";
  /** Bytes as stored, once. */
  bytes: number | null;
  files: number | null;
  /** What went wrong, or needs a look; null for a clean success. */
  error: string | null;
  advice: string | null;
  kind: RunErrorKind | null;
}

/** Longer words help nobody and travel through every channel. */
const ERROR_CHARS = 4_000;

export function cutError(text: string): string {
  return text.length > ERROR_CHARS ? `${text.slice(0, ERROR_CHARS)} …` : text;
}
