import { z } from "zod";
import { type CustomText, OUTCOMES, type TextSet } from "@/lib/core/delivery";
import { PRIORITIES, readPriority } from "@/lib/core/priority";
import { TEMPLATE_NAMES } from "@/lib/core/template-names";
import { checkTemplate } from "@/lib/providers/registry";

const oneLine = (text: string) => [...text].every((letter) => letter >= " ");

/** An own text; names that do not exist are refused here, not when a backup has failed. */
const templateField = (max: number) =>
  z
    .string()
    .max(max, `At most ${max.toLocaleString("en")} characters.`)
    .superRefine((text, context) => {
      const [problem] = checkTemplate(text, TEMPLATE_NAMES);
      if (problem) context.addIssue({ code: "custom", message: `${problem.message} (at character ${problem.at + 1})` });
    });

const priorityField = z
  .string()
  .trim()
  .max(20)
  .transform((text, context) => {
    if (text === "") return undefined;
    const priority = readPriority(text);
    if (!priority) context.addIssue({ code: "custom", message: `A priority is one of ${PRIORITIES.join(", ")}.` });
    return priority;
  });

/** The parts of an own text, each of which may be left out, empty or null: then it is as usual. */
export const customTextFields = {
  title: templateField(500).nullish(),
  message: templateField(20_000).nullish(),
  priority: priorityField.nullish(),
  tags: z.array(z.string().trim().min(1).max(64).refine(oneLine, "One line only.")).max(20).nullish(),
  sound: z.string().trim().max(64).refine(oneLine, "One line only.").nullish(),
};

const customText = z.object(customTextFields).transform(keptOf);

/** What differs for one outcome. */
export const outcomesField = z
  .partialRecord(z.enum(OUTCOMES), customText)
  .transform((outcomes): TextSet["outcomes"] => {
    const said = Object.entries(outcomes).filter(([, text]) => text && Object.keys(text).length > 0);
    return said.length > 0 ? (Object.fromEntries(said) as TextSet["outcomes"]) : undefined;
  });

/** Own words of a channel, whole; null for none. */
export const textSetField = z
  .object({ ...customTextFields, outcomes: outcomesField.nullish() })
  .transform(({ outcomes, ...text }): TextSet | null => {
    const set = { ...keptOf(text), ...(outcomes ? { outcomes } : {}) };
    return Object.keys(set).length > 0 ? set : null;
  });

/** Only what says something. */
function keptOf({
  title,
  message,
  priority,
  tags,
  sound,
}: { [K in keyof CustomText]?: CustomText[K] | null }): CustomText {
  return {
    ...(title?.trim() ? { title } : {}),
    ...(message?.trim() ? { message } : {}),
    ...(priority ? { priority } : {}),
    ...(tags?.length ? { tags } : {}),
    ...(sound ? { sound } : {}),
  };
}

const customTextView = z.object({
  title: z.string().optional(),
  message: z.string().optional(),
  priority: z.enum(PRIORITIES).optional(),
  tags: z.array(z.string()).optional(),
  sound: z.string().optional(),
});
/** What differs for one outcome, as it is answered. */
export const outcomesView = z.partialRecord(z.enum(OUTCOMES), customTextView);
/** Own words, as they are answered. */
export const textSetView = customTextView.extend({ outcomes: outcomesView.optional() });
