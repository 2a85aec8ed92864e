import { pluralize } from "@/components/format";
import type { Condition, JobState, Repeat } from "@/lib/core/job";

export const CONDITION_NAME: Record<Condition, string> = {
  always: "Always",
  success: "On Success",
  failure: "On Failure",
  custom: "Custom",
};

export const CONDITION_MEANS: Record<Condition, string> = {
  always: "every completion: success, warning and failure; and a missed run",
  success: "clean successes only",
  failure: "failure, warning and missed run: everything that needs attention",
  custom: "the outcomes chosen below",
};

export const STATE_NAME: Record<JobState, string> = {
  start: "Start",
  success: "Success",
  warning: "Warning",
  failure: "Failure",
  missed: "Missed",
};

/** How often a rule notifies: `every time`. */
export function describeRepeat(repeat: Repeat, remindHours: number | null): string {
  if (repeat === "every") return "every time";
  return repeat === "first" ? "first time only" : `first time, then every ${pluralize(remindHours ?? 1, "hour")}`;
}
