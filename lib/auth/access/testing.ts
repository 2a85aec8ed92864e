import { createHash, randomBytes } from "node:crypto";
import { encode } from "next-auth/jwt";
import { insertSession, type SessionRow } from "@/db/stores/sessions";
import { transact } from "@/db/transact";
import { newId } from "@/lib/core/id";
import { authSecret, sessionCookie } from "./cookie";

/** A session cookie as the sign-in seals it. @returns a whole Cookie header */
export async function sealedCookie(claim: object, options: { name?: string; secret?: string; maxAge?: number } = {}) {
  const { name = sessionCookie().name, secret = authSecret(), maxAge = 600 } = options;
  return `${name}=${await encode({ token: { ...claim }, secret, salt: name, maxAge })}`;
}

/** Stores a session of an account, as a sign-in does. */
export async function storeSession(
  userId: string,
  row: Partial<SessionRow> = {},
): Promise<{ id: string; sid: string; cookie: string }> {
  const sid = randomBytes(32).toString("base64url");
  const now = Date.now();
  const session: SessionRow = {
    id: newId("ses"),
    tokenHash: createHash("sha256").update(sid).digest("hex"),
    userId,
    method: "password",
    address: "192.0.2.1",
    device: "Firefox on Linux",
    createdAt: now,
    lastSeenAt: now,
    ...row,
  };
  await transact([], (tx) => insertSession(tx, session));
  return { id: session.id, sid, cookie: await sealedCookie({ sid }) };
}
