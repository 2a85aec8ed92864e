/** How loud a message is, in five steps that every service with priorities maps to its own. */
export const PRIORITIES = ["lowest", "low", "normal", "high", "urgent"] as const;
export type Priority = (typeof PRIORITIES)[number];

/** Other services' words for the same steps, as people know them. */
const SYNONYMS: Record<string, Priority> = {
  min: "lowest",
  "1": "lowest",
  "2": "low",
  default: "normal",
  moderate: "normal",
  "3": "normal",
  "4": "high",
  max: "urgent",
  emergency: "urgent",
  "5": "urgent",
};

/** Reads a priority in our words, in ntfy's or Gotify's words, or as 1 to 5; nothing for what is none of these. */
export function readPriority(text: string | null | undefined): Priority | undefined {
  const word = text?.trim().toLowerCase() ?? "";
  return PRIORITIES.find((one) => one === word) ?? (Object.hasOwn(SYNONYMS, word) ? SYNONYMS[word] : undefined);
}
