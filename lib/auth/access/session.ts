import { getToken } from "next-auth/jwt";
import { readFault } from "@/db/faults";
import { userById } from "@/db/queries/users";
import { LONGEST } from "@/lib/core/longest-times";
import type { Role } from "@/lib/core/role";
import { sharedState } from "@/lib/core/runtime";
import { topicCacheById } from "@/lib/core/topic-cache";
import type { Actor } from "./actor";
import { authSecret, SESSION_MAX_AGE, sessionCookie } from "./cookie";

/** Content of the cookie: the account, its session version at sign-in, and when the session expires (milliseconds). */
interface Claim {
  userId: string;
  version: number;
  expiresAt: number;
}

interface Account {
  name: string;
  email: string;
  role: Role;
  timezone: string | null;
  isActive: boolean;
  version: number;
}

/** How long a change by another process may go unnoticed. */
const ACCOUNT_TTL_MS = 1_000;
const MAX_ENTRIES = 2_000;

const claims = sharedState("auth.session-claims", () => new Map<string, Claim>());
const accounts = topicCacheById("users", readAccount, {
  maxAgeMs: ACCOUNT_TTL_MS,
  clearedBy: ["users"],
  limit: MAX_ENTRIES,
});

/**
 * The person behind a session cookie, or null: no cookie, a forged or expired one, or an account that
 * was disabled, deleted or got another password since.
 * @param cookieHeader the request's whole Cookie header
 * @param address the caller's address, for the audit log
 */
export async function sessionOf(
  cookieHeader: string | null | undefined,
  address: string | null = null,
): Promise<Actor | null> {
  const session = await readSession(cookieHeader);
  if (!session) return null;
  const { name, email, role, timezone } = session.account;
  return { kind: "user", id: session.claim.userId, name, email, role, timezone, address };
}

/** Returns when the session expires, milliseconds; null for an invalid cookie. */
export async function sessionEnd(cookieHeader: string | null | undefined): Promise<number | null> {
  return (await readSession(cookieHeader))?.claim.expiresAt ?? null;
}

async function readSession(
  cookieHeader: string | null | undefined,
): Promise<{ claim: Claim; account: Account } | null> {
  const { name, secure } = sessionCookie();
  if (!cookieHeader?.includes(name)) return null;
  const claim = claims.get(cookieHeader) ?? (await decode(cookieHeader, name, secure));
  // One that lasts longer than a session can was dated by a clock that was wrong.
  const now = Date.now();
  if (!claim || claim.expiresAt <= now || claim.expiresAt > now + SESSION_MAX_AGE * 1_000 + LONGEST.skew) return null;
  const account = await accounts.read(claim.userId);
  return account?.isActive && account.version === claim.version ? { claim, account } : null;
}

/** Takes most of a millisecond, so its result is cached. */
async function decode(cookieHeader: string, cookieName: string, secureCookie: boolean): Promise<Claim | null> {
  const token = await getToken({
    // Only the cookie: getToken would also take an Authorization header.
    req: { headers: { cookie: cookieHeader } },
    secret: authSecret(),
    secureCookie,
    cookieName,
    salt: cookieName,
  });
  if (!token || typeof token.uid !== "string" || typeof token.v !== "number" || typeof token.exp !== "number")
    return null;
  const claim = { userId: token.uid, version: token.v, expiresAt: token.exp * 1_000 };
  if (claims.size >= MAX_ENTRIES) claims.clear();
  claims.set(cookieHeader, claim);
  return claim;
}

async function readAccount(userId: string): Promise<Account | null> {
  const user = await userById(userId).catch((error: unknown) => {
    throw readFault(error);
  });
  if (!user) return null;
  const { name, email, role, timezone, status, sessionVersion } = user;
  return { name, email, role, timezone, isActive: status === "active", version: sessionVersion };
}
