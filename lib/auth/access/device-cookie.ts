import { sessionCookie } from "./cookie";

/** How long a browser is remembered after its last sign-in, seconds; browsers keep no cookie for longer than 400 days. */
export const DEVICE_MAX_AGE = 365 * 24 * 60 * 60;

/** Name and flags of the cookie by which a browser that has signed in before is known; as those of the session's cookie. */
export function deviceCookie(): { name: string; secure: boolean } {
  const { secure } = sessionCookie();
  return { name: secure ? "__Host-belfry-device" : "belfry-device", secure };
}
