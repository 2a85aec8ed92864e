import { z } from "zod";
import { CONDITION_FIELDS, CONDITION_OPS, MATCH_MODES, type MatchCondition, parseWeekTime } from "@/lib/core/matching";
import { SEVERITIES } from "@/lib/core/severity";

const MAX_CONDITIONS = 20;

/** One condition of a silence or route. */
const conditionField = z
  .object({
    field: z.enum(CONDITION_FIELDS),
    op: z.enum(CONDITION_OPS).default("is"),
    value: z.string().trim().min(1, "Enter what to compare with.").max(200, "At most 200 characters."),
    not: z.boolean().optional(),
  })
  .superRefine(({ field, value }, context) => {
    const message = valueProblem(field, value);
    if (message) context.addIssue({ code: "custom", message, path: ["value"] });
  })
  .transform(({ not, ...rest }): MatchCondition => (not ? { ...rest, not } : rest));

function valueProblem(field: MatchCondition["field"], value: string): string | null {
  if (field === "severity" && !SEVERITIES.some((one) => one === value.toLowerCase()))
    return `A severity is one of ${SEVERITIES.join(", ")}.`;
  if (field === "label" && !value.includes(":") && !value.includes("*")) return "A label is written key:value.";
  if (field === "time" && !parseWeekTime(value))
    return "Write days and hours, such as Mon-Fri 08:00-18:00 Europe/Berlin.";
  return null;
}

/** What a silence or a route takes; no condition: everything. */
export const matcherFields = {
  match: z.enum(MATCH_MODES),
  conditions: z.array(conditionField).max(MAX_CONDITIONS, `At most ${MAX_CONDITIONS} conditions.`),
};

/** A matcher in answers. */
export const matcherView = {
  match: z.enum(MATCH_MODES),
  conditions: z.array(
    z.object({
      field: z.enum(CONDITION_FIELDS),
      op: z.enum(CONDITION_OPS),
      value: z.string(),
      not: z.boolean().optional(),
    }),
  ),
};

/** Conditions as they are stored: a time of the week without a zone gets the installation's. */
export function storedConditions(conditions: readonly MatchCondition[], timezone: string): MatchCondition[] {
  return conditions.map((one) => {
    if (one.field !== "time" || parseWeekTime(one.value)?.timezone) return one;
    return { ...one, value: `${one.value} ${timezone}` };
  });
}
