import { type CustomText, OUTCOMES, type Outcome, type TextSet } from "@/lib/core/delivery";
import type { Tone } from "@/lib/core/tone";

/** Which custom text a tone takes: system and info share theirs. */
export function outcomeOf(tone: Tone): Outcome {
  return OUTCOMES.find((outcome) => outcome === tone) ?? "info";
}

const NOTHING: CustomText = Object.freeze({});
const PARTS = ["title", "message", "showFacts", "priority", "tags", "sound", "mentions"] as const;
const ABOUT_THE_PROBLEM: ReadonlySet<(typeof PARTS)[number]> = new Set(["title", "message", "showFacts"]);

/**
 * What of the custom text a message takes. `whole`: all of it. `options`: custom titles and messages are about one problem,
 * so a message about several takes the message options only. `recovery`: likewise, and it alerts by name only whom an
 * outcome of its own names, since nobody has to do anything any more.
 */
export type TextUse = "whole" | "options" | "recovery";

/**
 * The custom text and message options of one message, part by part: the rule's for this outcome, the rule's for all,
 * the channel's for this outcome, the channel's for all. What nothing sets is left out.
 */
export function textFor(
  channel: TextSet | null | undefined,
  rule: TextSet | null | undefined,
  outcome: Outcome,
  use: TextUse,
): CustomText {
  if (!channel && !rule) return NOTHING;
  const ofOutcome = [rule?.outcomes?.[outcome], channel?.outcomes?.[outcome]];
  const all = [ofOutcome[0], rule, ofOutcome[1], channel];
  const text: CustomText = {};
  for (const part of PARTS) {
    if (use !== "whole" && ABOUT_THE_PROBLEM.has(part)) continue;
    const layers = use === "recovery" && part === "mentions" ? ofOutcome : all;
    const layer = layers.find((one) => one?.[part] !== undefined && one[part] !== "");
    if (layer) Object.assign(text, { [part]: layer[part] });
  }
  return text;
}
