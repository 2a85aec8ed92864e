import { z } from "zod";
import { type CustomText, OUTCOMES, type TextSet } from "@/lib/core/delivery";
import { readPriority } from "@/lib/core/priority";
import { TEMPLATE_NAMES } from "@/lib/core/template-names";
import { checkTemplate } from "@/lib/providers/registry";

/** What is wrong with a text that is being typed, and at which of its characters. */
export interface TextProblem {
  /** `texts.title`, `ruleTexts.outcomes.failure.message`. */
  field: string;
  message: string;
  at: number;
  length: number;
}

const words = {
  title: z.string().max(2_000).nullish(),
  message: z.string().max(40_000).nullish(),
  priority: z.string().max(50).nullish(),
  tags: z.array(z.string().max(200)).max(50).nullish(),
  sound: z.string().max(200).nullish(),
};

/** Own words as they stand in an editor: what could not be saved yet is shown as a problem, not refused. */
export const draftTexts = z.object({
  ...words,
  outcomes: z.partialRecord(z.enum(OUTCOMES), z.object(words)).nullish(),
});
type DraftTexts = z.output<typeof draftTexts>;
type DraftCustomText = Omit<DraftTexts, "outcomes">;

/** What of the words can be shown, and what is wrong with the rest. @param path what the fields' names begin with */
export function readDraftTexts(
  draft: DraftTexts | null | undefined,
  path: string,
): { texts: TextSet | null; problems: TextProblem[] } {
  if (!draft) return { texts: null, problems: [] };
  const problems: TextProblem[] = [];
  const texts: TextSet = readCustomText(draft, path, problems);
  for (const outcome of OUTCOMES) {
    const some = draft.outcomes?.[outcome];
    if (!some) continue;
    texts.outcomes = { ...texts.outcomes, [outcome]: readCustomText(some, `${path}.outcomes.${outcome}`, problems) };
  }
  return { texts, problems };
}

function readCustomText(draft: DraftCustomText, path: string, problems: TextProblem[]): CustomText {
  const text: CustomText = {};
  for (const part of ["title", "message"] as const) {
    const template = draft[part];
    if (!template?.trim()) continue;
    const wrong = checkTemplate(template, TEMPLATE_NAMES);
    for (const { message, at, length } of wrong) problems.push({ field: `${path}.${part}`, message, at, length });
    if (wrong.length === 0) text[part] = template;
  }
  const priority = readPriority(draft.priority);
  const tags = draft.tags?.map((tag) => tag.trim()).filter(Boolean);
  const sound = draft.sound?.trim();
  if (priority) text.priority = priority;
  if (tags?.length) text.tags = tags;
  if (sound) text.sound = sound;
  return text;
}
