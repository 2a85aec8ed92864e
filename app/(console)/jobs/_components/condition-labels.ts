import type { Condition, JobState } from "@/lib/core/job";

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
