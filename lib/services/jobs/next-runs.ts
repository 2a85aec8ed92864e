import { z } from "zod";
import { toIso } from "@/lib/core/clock";
import { AppError } from "@/lib/core/errors";
import { nextRuns, scheduleProblem } from "@/lib/schedule/next-run";
import { defineVerb } from "@/lib/services/verb";

/** The next three times of a schedule, computed by the code that schedules. */
export const jobsNextRuns = defineVerb({
  name: "jobs.nextRuns",
  permission: "operator",
  changes: false,
  input: z.object({ cron: z.string().trim().max(200), timezone: z.string().trim().max(64) }),
  async run({ now }, schedule) {
    const problem = scheduleProblem(schedule);
    if (problem) {
      throw new AppError("invalid", problem.message, { fields: { [`schedule.${problem.field}`]: problem.message } });
    }
    return { times: nextRuns(schedule, now, 3).map((at) => toIso(at)) };
  },
});
