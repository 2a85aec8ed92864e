/** How a notification looks. The five tones carry meaning; nothing else uses their colours. */
export const TONES = ["success", "failure", "warning", "info", "system"] as const;
export type Tone = (typeof TONES)[number];

/** The colour of each tone as services want it: a hex string without alpha. */
export const TONE_HEX: Record<Tone, string> = {
  success: "#22c55e",
  failure: "#ef4444",
  warning: "#f59e0b",
  info: "#3b82f6",
  system: "#8b5cf6",
};

/** A problem opens an alert; everything else does not. */
export function isProblem(tone: Tone): boolean {
  return tone === "failure" || tone === "warning";
}
