/** What a signal of another program says about a run: that it began, how it ended, text for its log, or something that only keywords can tell. */
export const SIGNAL_STATES = ["start", "success", "warning", "failure", "log", "unknown"] as const;
export type SignalState = (typeof SIGNAL_STATES)[number];

/** What the keywords of a job find in a text. */
export type KeywordState = "failure" | "warning" | "success";
