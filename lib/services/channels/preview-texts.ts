import { z } from "zod";
import { type CustomText, OUTCOMES, type TextSet } from "@/lib/core/delivery";
import { readPriority } from "@/lib/core/priority";
import { TEMPLATE_NAMES } from "@/lib/core/template-names";
import { checkTemplate } from "@/lib/providers/registry";

/** A problem of a text that is being edited, and its position. */
export interface TextProblem {
  /** `texts.title`, `ruleTexts.outcomes.failure.message`. */
  field: string;
  message: string;
  at: number;
  length: number;
}

const textFields = {
  title: z.string().max(2_000).nullish(),
  message: z.string().max(40_000).nullish(),
  showFacts: z.boolean().nullish(),
  priority: z.string().max(50).nullish(),
  tags: z.array(z.string().max(200)).max(50).nullish(),
  sound: z.string().max(200).nullish(),
  mentions: z.array(z.string().max(500)).max(50).nullish(),
};

/** Custom text in an editor: what could not be saved yet is reported as a problem, not refused. */
export const draftTexts = z.object({
  ...textFields,
  outcomes: z.partialRecord(z.enum(OUTCOMES), z.object(textFields)).nullish(),
});
type DraftTexts = z.output<typeof draftTexts>;
type DraftCustomText = Omit<DraftTexts, "outcomes">;

/** Splits a draft into the texts that can be shown and the problems of the rest. @param path prefix of the field names */
export function readDraftTexts(
  draft: DraftTexts | null | undefined,
  path: string,
): { texts: TextSet | null; problems: TextProblem[] } {
  if (!draft) return { texts: null, problems: [] };
  const problems: TextProblem[] = [];
  const texts: TextSet = readCustomText(draft, path, problems);
  for (const outcome of OUTCOMES) {
    const outcomeDraft = draft.outcomes?.[outcome];
    if (!outcomeDraft) continue;
    texts.outcomes = {
      ...texts.outcomes,
      [outcome]: readCustomText(outcomeDraft, `${path}.outcomes.${outcome}`, problems),
    };
  }
  return { texts, problems };
}

function readCustomText(draft: DraftCustomText, path: string, problems: TextProblem[]): CustomText {
  const text: CustomText = {};
  for (const part of ["title", "message"] as const) {
    const template = draft[part];
    if (!template?.trim()) continue;
    const issues = checkTemplate(template, TEMPLATE_NAMES);
    for (const { message, at, length } of issues) problems.push({ field: `${path}.${part}`, message, at, length });
    if (issues.length === 0) text[part] = template;
  }
  const priority = readPriority(draft.priority);
  const tags = draft.tags?.map((tag) => tag.trim()).filter(Boolean);
  const sound = draft.sound?.trim();
  const mentions = draft.mentions?.map((mention) => mention.trim()).filter(Boolean);
  if (typeof draft.showFacts === "boolean") text.showFacts = draft.showFacts;
  if (priority) text.priority = priority;
  if (tags?.length) text.tags = tags;
  if (sound) text.sound = sound;
  if (mentions?.length) text.mentions = mentions;
  return text;
}
