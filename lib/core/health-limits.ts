/** The scheduler looks for due backups every second; this long without is a stall, milliseconds. */
export const SCHEDULER_STALL_MS = 60_000;

/** A delivery that may be sent waits no longer than this, milliseconds; beyond it nothing sends. */
export const WAITING_LIMIT_MS = 120_000;
