/**
 * How a job is doing, worst first; the first that applies.
 * - `failing`: its last finished backup failed, or it has an open alert of severity critical.
 * - `overdue`: it has made no backup for its hours.
 * - `late`: a due slot passed without a run.
 * - `warning`: its last finished backup has warnings, or another alert about it is open.
 * - `new`: it never ran.
 * - `healthy`: none of these.
 * - `paused`: it is disabled, whatever else is true of it.
 */
export const JOB_HEALTHS = ["failing", "overdue", "late", "warning", "new", "healthy", "paused"] as const;
export type JobHealth = (typeof JOB_HEALTHS)[number];

/** How lists of jobs are ordered: as they were created, by name, or the worst first. */
export const JOB_ORDERS = ["created", "name", "health"] as const;
export type JobOrder = (typeof JOB_ORDERS)[number];

/** As many jobs, the worst first, are shown one by one on the overview. */
export const OVERVIEW_JOBS = 40;
