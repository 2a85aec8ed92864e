const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * How far ahead of now the program itself ever dates something, milliseconds. What is stored further ahead was dated by
 * a clock that was wrong, and is not believed.
 */
export const LONGEST = {
  /** A pause that a service asks for. */
  pause: DAY_MS,
  /** Until a channel that does not answer is probed again. */
  probe: 5 * MINUTE_MS,
  /** Until a delivery is tried again. */
  retry: 5 * MINUTE_MS,
  /** Until a message that may have arrived is sent once more. */
  lostReply: 15 * MINUTE_MS,
  /** Until a failed run is tried again. */
  runRetry: 10 * MINUTE_MS,
  /** Trying a delivery, from the moment it is due. */
  delivery: DAY_MS,
  deliveryLease: MINUTE_MS,
  queueLease: MINUTE_MS,
  signInLock: HOUR_MS,
  invitation: 7 * DAY_MS,
  apiKey: 5 * 365 * DAY_MS,
  /** Quiet hours of every day that follow each other are looked at for eight days. */
  quietHours: 9 * DAY_MS,
  /** A silence that ends by itself. */
  silence: 366 * DAY_MS,
  /** Of an alert. */
  snooze: 365 * DAY_MS,
  /** Clocks of several machines differ: what happened may seem this far ahead. */
  skew: MINUTE_MS,
} as const;
