import { z } from "zod";
import { type CheckTurn, turnsOfJob } from "@/db/queries/healthchecks";
import { toIso } from "@/lib/core/clock";
import { defineVerb } from "@/lib/services/verb";
import { checkIdField, findCheck } from "./find-check";

/** Enough for a year of hourly runs. */
const MAX_TURNS = 10_000;
const YEAR_SECONDS = 31_536_000;
const LAST_SECOND = 4_102_444_800;

const secondField = z.coerce
  .number("Enter whole seconds.")
  .int("Enter whole seconds.")
  .min(0, "Enter a time since 1970.")
  .max(LAST_SECOND, "Enter a time before 2100.")
  .optional();

/** When a check went from well to not, and back, newest first. */
export const healthchecksFlips = defineVerb({
  name: "healthchecks.flips",
  permission: "viewer",
  changes: false,
  input: z.object({
    id: checkIdField,
    /** Only those of so many last seconds. */
    seconds: z.coerce
      .number("Enter whole seconds.")
      .int("Enter whole seconds.")
      .min(0, "Enter whole seconds.")
      .max(YEAR_SECONDS, "At most a year.")
      .optional(),
    start: secondField,
    end: secondField,
  }),
  async run({ now }, { id, seconds, start, end }) {
    const { jobId } = await findCheck(id);
    const from = Math.max(seconds === undefined ? 0 : now - seconds * 1_000, (start ?? 0) * 1_000);
    const to = end === undefined ? Number.POSITIVE_INFINITY : end * 1_000;
    const flips = flipsOf(await turnsOfJob(jobId, MAX_TURNS)).filter(({ at }) => at >= from && at < to);
    return { flips: flips.map(({ at, isUp }) => ({ at: toIso(at), isUp })) };
  },
});

/** Those that differ from the one before. @param turns newest first */
export function flipsOf(turns: readonly CheckTurn[]): CheckTurn[] {
  return turns.filter(({ isUp }, index) => isUp !== turns[index + 1]?.isUp);
}
