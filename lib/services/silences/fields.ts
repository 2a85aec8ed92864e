import { z } from "zod";
import { scheduleProblem } from "@/lib/core/cron/next-run";
import { AppError } from "@/lib/core/errors";
import { nextSilence, SILENCE_EFFECTS, type SilenceSpan, silenceEnd } from "@/lib/core/silence";
import { matcherFields } from "@/lib/services/matching/fields";
import { timezoneField } from "@/lib/services/users/fields";

const YEAR_MS = 366 * 86_400_000;

const momentField = z.iso
  .datetime({ offset: true, error: "Enter a time such as 2026-11-20T07:00:00Z." })
  .max(40)
  .transform((text) => Date.parse(text))
  .refine((at) => at < Date.now() + YEAR_MS, "At most a year from now.");

const recurringField = z
  .object({
    cron: z.string().trim().min(1).max(200),
    timezone: timezoneField,
    minutes: z.int("Enter whole minutes.").min(1, "At least a minute.").max(10_080, "At most a week."),
  })
  .superRefine(({ cron, timezone }, context) => {
    const problem = scheduleProblem({ cron, timezone });
    if (problem) context.addIssue({ code: "custom", message: problem.message, path: [problem.field] });
  });

/** What a person says of a silence. */
export const silenceFields = {
  ...matcherFields,
  reason: z.string().trim().min(1, "Say why: those who miss notifications will ask.").max(500),
  startsAt: momentField,
  endsAt: momentField.nullable(),
  recurring: recurringField.nullable(),
  effect: z.enum(SILENCE_EFFECTS),
};

/** @throws AppError `invalid` for a silence that would never be on */
export function assertEverOn(span: SilenceSpan, now: number): void {
  if (silenceEnd(span, now) !== null || nextSilence(span, now) !== null) return;
  const isOrder = span.endsAt !== null && span.endsAt <= span.startsAt;
  const endsAt = isOrder ? "It has to end after it starts." : "This silence would never be on: it ends before.";
  throw new AppError("invalid", "Some fields are invalid.", { fields: { endsAt } });
}
