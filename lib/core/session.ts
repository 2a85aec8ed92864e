/** How a session began. */
export const SIGN_IN_METHODS = ["password", "invitation", "setup"] as const;
export type SignInMethod = (typeof SIGN_IN_METHODS)[number];

/** How long a session lasts at most, milliseconds. It does not roll: after this, one signs in again. */
export const SESSION_MAX_MS = 7 * 24 * 60 * 60 * 1_000;

/** Sessions that one account can have at once; a further sign-in ends the oldest. */
export const SESSIONS_PER_USER = 50;
