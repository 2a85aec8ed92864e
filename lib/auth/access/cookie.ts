import { AppError } from "@/lib/core/errors";
import { peekRuntimeValue, runtimeValue } from "@/lib/core/runtime";

/** How long a sign-in lasts at most, seconds. It does not roll: after this, one signs in again. */
export const SESSION_MAX_AGE = 7 * 24 * 60 * 60;

/** Name and flags of the session's cookie. One rule for Next and for the server in front, so that they cannot disagree. */
export function sessionCookie(): { name: string; secure: boolean } {
  const secure = runtimeValue("baseUrl")?.startsWith("https:") ?? false;
  return { name: secure ? "__Host-belfry-session" : "belfry-session", secure };
}

/** What session cookies are sealed with. @throws AppError `unavailable` before the secret key is loaded */
export function authSecret(): string {
  const secret = peekRuntimeValue("authSecret");
  if (!secret) throw new AppError("unavailable", "The secret key is not loaded.");
  return secret;
}
