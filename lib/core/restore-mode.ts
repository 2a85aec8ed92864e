/**
 * How a restore deals with what fails. `all_or_nothing`: the target stays as it was. `as_much_as_possible`: what
 * failed is named. `swap`: into a new database beside the old one, which takes its name only when everything came back.
 */
export const RESTORE_MODES = ["as_much_as_possible", "all_or_nothing", "swap"] as const;
export type RestoreMode = (typeof RESTORE_MODES)[number];
