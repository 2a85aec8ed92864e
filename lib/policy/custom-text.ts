import { type CustomText, OUTCOMES, type Outcome, type TextSet } from "@/lib/core/delivery";
import type { Tone } from "@/lib/core/tone";

/** Which custom text a tone takes: system and info share theirs. */
export function outcomeOf(tone: Tone): Outcome {
  return OUTCOMES.find((outcome) => outcome === tone) ?? "info";
}

const NOTHING: CustomText = Object.freeze({});
const PARTS = ["title", "message", "showFacts", "priority", "tags", "sound"] as const;
const ABOUT_THE_PROBLEM: ReadonlySet<(typeof PARTS)[number]> = new Set(["title", "message", "showFacts"]);

/**
 * The custom text and message options of one message, part by part: the rule's for this outcome, the rule's for all,
 * the channel's for this outcome, the channel's for all. What nothing sets is left out.
 * @param isRecovery custom titles and messages are about the problem, so a recovery takes the message options only
 */
export function textFor(
  channel: TextSet | null | undefined,
  rule: TextSet | null | undefined,
  outcome: Outcome,
  isRecovery: boolean,
): CustomText {
  if (!channel && !rule) return NOTHING;
  const layers = [rule?.outcomes?.[outcome], rule, channel?.outcomes?.[outcome], channel];
  const text: CustomText = {};
  for (const part of PARTS) {
    if (isRecovery && ABOUT_THE_PROBLEM.has(part)) continue;
    const layer = layers.find((one) => one?.[part] !== undefined && one[part] !== "");
    if (layer) Object.assign(text, { [part]: layer[part] });
  }
  return text;
}
