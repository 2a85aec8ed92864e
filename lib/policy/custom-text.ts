import { type CustomText, OUTCOMES, type Outcome, type TextSet } from "@/lib/core/delivery";
import type { Tone } from "@/lib/core/tone";

/** Which own words a tone takes: system and info share theirs. */
export function outcomeOf(tone: Tone): Outcome {
  return OUTCOMES.find((outcome) => outcome === tone) ?? "info";
}

const NOTHING: CustomText = Object.freeze({});
const PARTS = ["title", "message", "priority", "tags", "sound"] as const;

/**
 * The own words and manner of one message, part by part: the row's for this outcome, the row's for all,
 * the channel's for this outcome, the channel's for all. What nobody says is left out.
 * @param isRecovery titles and messages of one's own speak of the problem, so a recovery takes the manner only
 */
export function textFor(
  channel: TextSet | null | undefined,
  row: TextSet | null | undefined,
  outcome: Outcome,
  isRecovery: boolean,
): CustomText {
  if (!channel && !row) return NOTHING;
  const layers = [row?.outcomes?.[outcome], row, channel?.outcomes?.[outcome], channel];
  const text: CustomText = {};
  for (const part of PARTS) {
    if (isRecovery && (part === "title" || part === "message")) continue;
    const said = layers.find((layer) => layer?.[part] !== undefined && layer[part] !== "");
    if (said) Object.assign(text, { [part]: said[part] });
  }
  return text;
}
