import { z } from "zod";
import { routingNow } from "@/db/queries/dispatch";
import { stepNames } from "@/db/queries/escalation-policies";
import { AppError } from "@/lib/core/errors";
import { type EscalationStep, MAX_REPEAT, MAX_STEP_MINUTES, MAX_STEPS } from "@/lib/core/escalation";
import { snapshotOf } from "@/lib/dispatch/plan/routing-snapshot";
import { NO_SUCH_CHANNEL, namedChannelProblem } from "@/lib/services/channels/fields";
import { idField } from "@/lib/services/page";

/** Channels and people of one step, each at most so many: every round plans a delivery for each. */
const RECIPIENTS_MAX = 10;

const ids = z
  .array(idField)
  .max(RECIPIENTS_MAX, `Name at most ${RECIPIENTS_MAX}.`)
  .transform((list) => [...new Set(list)]);

const stepField = z
  .strictObject({
    /** Without acknowledgement; fractions are allowed. */
    afterMinutes: z
      .number("Enter a number of minutes.")
      .min(0, "Enter 0 or more minutes.")
      .max(MAX_STEP_MINUTES, "At most a week: 10,080 minutes."),
    channels: ids.default([]),
    users: ids.default([]),
  })
  .refine(({ channels, users }) => channels.length + users.length > 0, {
    path: ["channels"],
    message: "Choose a channel or a person.",
  });

export const stepsField = z
  .array(stepField)
  .min(1, "Add a step.")
  .max(MAX_STEPS, `At most ${MAX_STEPS} steps.`)
  .superRefine((steps, context) => {
    for (const [index, { afterMinutes }] of steps.entries()) {
      const before = steps[index - 1];
      if (before && afterMinutes <= before.afterMinutes)
        context.addIssue({
          code: "custom",
          path: [index, "afterMinutes"],
          message: "Each step comes later than the one before.",
        });
    }
  });

export const repeatField = z
  .int("Enter a whole number.")
  .min(0, "Enter 0 or more.")
  .max(MAX_REPEAT, `At most ${MAX_REPEAT} times.`);

/**
 * Checks what a policy names, and that its rounds take time.
 * @param known ids that the stored policy names already: what was deleted since may stay
 * @throws AppError `invalid` with a sentence per field
 */
export async function assertPolicyWorks(
  steps: readonly EscalationStep[],
  repeat: number,
  known: readonly EscalationStep[] = [],
): Promise<void> {
  const { channels } = snapshotOf(await routingNow());
  const { users } = await stepNames([], [...new Set(steps.flatMap((one) => one.users))]);
  const stored = new Set(known.flatMap((one) => [...one.channels, ...one.users]));
  const fields: Record<string, string> = {};
  for (const [index, step] of steps.entries()) {
    for (const [at, id] of step.channels.entries()) {
      const problem = namedChannelProblem(channels, id);
      const isLeftOver = problem === NO_SUCH_CHANNEL && stored.has(id);
      if (problem && !isLeftOver) fields[`steps[${index}].channels[${at}]`] = problem;
    }
    for (const [at, id] of step.users.entries()) {
      if (!users.has(id) && !stored.has(id)) fields[`steps[${index}].users[${at}]`] = "There is no such user.";
    }
  }
  if (repeat > 0 && (steps.at(-1)?.afterMinutes ?? 0) === 0)
    fields.repeat = "The steps repeat after the last one, so it has to come later than 0 minutes.";
  if (Object.keys(fields).length > 0) throw new AppError("invalid", "Some fields are invalid.", { fields });
}
