import { z } from "zod";
import { type CustomText, MENTIONS_MAX, OUTCOMES, type TextSet } from "@/lib/core/delivery";
import { PRIORITIES, readPriority } from "@/lib/core/priority";
import { TEMPLATE_NAMES } from "@/lib/core/template-names";
import { checkTemplate } from "@/lib/providers/registry";

const oneLine = (text: string) => [...text].every((letter) => letter >= " ");

/** A template; unknown names are refused here, and not when a backup has failed. */
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

/** The parts of a custom text; one that is left out, empty or null keeps the default. */
export const customTextFields = {
  title: templateField(500).nullish(),
  message: templateField(20_000).nullish(),
  showFacts: z.boolean().nullish(),
  priority: priorityField.nullish(),
  tags: z.array(z.string().trim().min(1).max(64).refine(oneLine, "One line only.")).max(20).nullish(),
  sound: z.string().trim().max(64).refine(oneLine, "One line only.").nullish(),
  /** Each in the service's own format, which the verbs check: `mention-problems.ts`. */
  mentions: z.array(z.string().trim().min(1).max(140).refine(oneLine, "One line only.")).max(MENTIONS_MAX).nullish(),
};

const customText = z.object(customTextFields).transform(nonEmptyParts);

/** Differences by outcome. */
export const outcomesField = z
  .partialRecord(z.enum(OUTCOMES), customText)
  .transform((outcomes): TextSet["outcomes"] => {
    const nonEmpty = Object.entries(outcomes).filter(([, text]) => text && Object.keys(text).length > 0);
    return nonEmpty.length > 0 ? (Object.fromEntries(nonEmpty) as TextSet["outcomes"]) : undefined;
  });

/** The whole custom text of a channel; null for none. */
export const textSetField = z
  .object({ ...customTextFields, outcomes: outcomesField.nullish() })
  .transform(({ outcomes, ...text }): TextSet | null => {
    const set = { ...nonEmptyParts(text), ...(outcomes ? { outcomes } : {}) };
    return Object.keys(set).length > 0 ? set : null;
  });

/** Keeps the parts that are not empty. */
function nonEmptyParts({
  title,
  message,
  showFacts,
  priority,
  tags,
  sound,
  mentions,
}: { [K in keyof CustomText]?: CustomText[K] | null }): CustomText {
  return {
    ...(title?.trim() ? { title } : {}),
    ...(message?.trim() ? { message } : {}),
    ...(typeof showFacts === "boolean" ? { showFacts } : {}),
    ...(priority ? { priority } : {}),
    ...(tags?.length ? { tags } : {}),
    ...(sound ? { sound } : {}),
    ...(mentions?.length ? { mentions } : {}),
  };
}

const customTextView = z.object({
  title: z.string().optional(),
  message: z.string().optional(),
  showFacts: z.boolean().optional(),
  priority: z.enum(PRIORITIES).optional(),
  tags: z.array(z.string()).optional(),
  sound: z.string().optional(),
  mentions: z.array(z.string()).optional(),
});
/** Differences by outcome, in answers. */
export const outcomesView = z.partialRecord(z.enum(OUTCOMES), customTextView);
/** Custom text in answers. */
export const textSetView = customTextView.extend({ outcomes: outcomesView.optional() });
