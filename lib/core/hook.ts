/** When a hook of a job runs. `before` and `after` with every attempt, the others once, by how the run ended. */
export const HOOK_MOMENTS = ["before", "success", "warning", "failure", "after"] as const;
export type HookMoment = (typeof HOOK_MOMENTS)[number];

/** A name on one of the operator's lists of programs. */
export const PROGRAM_NAME = /^[a-z0-9][\w.-]{0,63}$/i;

/** Names of hooks of the operator's list, in the order in which they run. */
export type JobHooks = Record<HookMoment, string[]>;

/** When, as a sentence about a hook goes on: `The hook stop-app, which runs before the backup, …`. */
export const HOOK_MOMENT_TEXT: Record<HookMoment, string> = {
  before: "before the backup",
  success: "after a success",
  warning: "after a warning",
  failure: "after a failure",
  after: "after every run",
};
