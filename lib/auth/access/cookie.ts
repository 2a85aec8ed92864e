import { AppError } from "@/lib/core/errors";
import { peekRuntimeValue, runtimeValue } from "@/lib/core/runtime";
import { SESSION_MAX_MS } from "@/lib/core/session";

/** How long browsers keep the cookie, seconds. */
export const SESSION_MAX_AGE = SESSION_MAX_MS / 1_000;

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
