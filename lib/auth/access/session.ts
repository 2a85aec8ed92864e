import { getToken } from "next-auth/jwt";
import { readFault } from "@/db/faults";
import { sessionByToken } from "@/db/queries/sessions";
import { touchSession } from "@/db/stores/sessions";
import { loggerOf } from "@/lib/core/logger";
import { LONGEST } from "@/lib/core/longest-times";
import type { Role } from "@/lib/core/role";
import { sharedState } from "@/lib/core/runtime";
import { SESSION_MAX_MS } from "@/lib/core/session";
import { hashToken } from "@/lib/core/token";
import { topicCacheById } from "@/lib/core/topic-cache";
import type { Actor } from "./actor";
import { authSecret, sessionCookie } from "./cookie";

const log = loggerOf("auth");

type Person = Omit<Extract<Actor, { kind: "user" }>, "address">;

/** A session as stored, with its account. */
interface KnownSession {
  id: string;
  person: Person;
  createdAt: number;
  lastSeenAt: number;
}

/** How long it may go unnoticed that another process ended a session, when its notice is lost. */
const TTL_MS = 1_000;
const TOUCH_EVERY_MS = 60_000;
const MAX_ENTRIES = 2_000;

/** By Cookie header the hash of the token in it: to open a cookie takes most of a millisecond. */
const tokens = sharedState("auth.session-tokens", () => new Map<string, string>());
/** By session when it was last written to be in use, milliseconds. */
const touched = sharedState("auth.sessions-touched", () => new Map<string, number>());
const sessions = topicCacheById("sessions", readSession, {
  maxAgeMs: TTL_MS,
  clearedBy: ["users"],
  limit: MAX_ENTRIES,
});

/**
 * The person behind a session cookie, or null. The cookie is sealed, but what counts is the stored session: one that was
 * ended, is too old, or belongs to an account that may not sign in is none, and neither is a well sealed cookie of one
 * that never was. Records that the session is in use.
 * @param cookieHeader the request's whole Cookie header
 * @param address the caller's address, for the audit log and the list of sessions
 * @throws AppError `unavailable` while the database cannot be reached
 */
export async function sessionOf(
  cookieHeader: string | null | undefined,
  address: string | null = null,
): Promise<Actor | null> {
  const session = await validSession(cookieHeader);
  if (!session) return null;
  touch(session, address);
  return { ...session.person, address };
}

/** The account of a session and when the session expires at last, milliseconds; null as for `sessionOf`. It does not count as use. */
export async function peekSession(
  cookieHeader: string | null | undefined,
): Promise<{ userId: string; role: Role; isLimited: boolean; expiresAt: number } | null> {
  const session = await validSession(cookieHeader);
  if (!session) return null;
  const { id: userId, role, clientIds } = session.person;
  const isLimited = (clientIds ?? null) !== null;
  return { userId, role, isLimited, expiresAt: session.createdAt + SESSION_MAX_MS };
}

async function validSession(cookieHeader: string | null | undefined): Promise<KnownSession | null> {
  const { name, secure } = sessionCookie();
  if (!cookieHeader?.includes(name)) return null;
  const tokenHash = tokens.get(cookieHeader) ?? (await openCookie(cookieHeader, name, secure));
  const session = tokenHash ? await sessions.read(tokenHash) : null;
  if (!session) return null;
  const age = Date.now() - session.createdAt;
  // One from the future was dated by a clock that was wrong.
  return age < SESSION_MAX_MS && age >= -LONGEST.skew ? session : null;
}

async function openCookie(cookieHeader: string, cookieName: string, secureCookie: boolean): Promise<string | null> {
  const claim = await getToken({
    // Only the cookie: getToken would also take an Authorization header.
    req: { headers: { cookie: cookieHeader } },
    secret: authSecret(),
    secureCookie,
    cookieName,
    salt: cookieName,
  });
  if (typeof claim?.sid !== "string") return null;
  const tokenHash = hashToken(claim.sid);
  if (tokens.size >= MAX_ENTRIES) tokens.clear();
  tokens.set(cookieHeader, tokenHash);
  return tokenHash;
}

async function readSession(tokenHash: string): Promise<KnownSession | null> {
  const row = await sessionByToken(tokenHash).catch((error: unknown) => {
    throw readFault(error);
  });
  if (row?.user.status !== "active") return null;
  const { id: sessionId, createdAt, lastSeenAt } = row.session;
  const { id, name, email, role, timezone, clientIds } = row.user;
  const person: Person = { kind: "user", id, name, email, role, timezone, sessionId, ...(clientIds && { clientIds }) };
  return { id: sessionId, person, createdAt, lastSeenAt };
}

/** In the background: a request neither waits for it nor fails with it. */
function touch({ id, lastSeenAt }: KnownSession, address: string | null): void {
  const at = Date.now();
  const last = Math.max(lastSeenAt, touched.get(id) ?? 0);
  // One that lies ahead was written while the clock was wrong.
  if (at - last < TOUCH_EVERY_MS && last <= at + LONGEST.skew) return;
  if (touched.size >= MAX_ENTRIES) touched.clear();
  touched.set(id, at);
  touchSession(id, { at, address }, TOUCH_EVERY_MS).catch((error: unknown) =>
    log.warn("failed to record the last use of a session", { sessionId: id, error }),
  );
}
