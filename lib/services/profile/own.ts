import { accountOfKey } from "@/db/queries/api-keys";
import { userById } from "@/db/queries/users";
import type { UserRow } from "@/db/stores/users";
import type { Actor } from "@/lib/auth/access/actor";
import { AppError } from "@/lib/core/errors";

/** Returns the account of the caller. @throws AppError `forbidden` for a key or the command line, which have no account */
export async function ownAccount(actor: Actor): Promise<UserRow> {
  const user = actor.kind === "user" ? await userById(actor.id) : null;
  if (!user) throw new AppError("forbidden", "Only a person who is signed in has a profile.");
  return user;
}

/** Returns the account of the caller: of an API key the one that it goes with. @throws AppError `forbidden` where there is none */
export async function accountOfCaller(actor: Actor): Promise<UserRow> {
  if (actor.kind !== "api_key") return ownAccount(actor);
  const account = await accountOfKey(actor.id);
  if (!account) throw new AppError("forbidden", "This API key goes with no account.");
  return account;
}

/** Returns the session that the call comes by. @throws AppError `forbidden` for a call that comes by none */
export function currentSession(actor: Actor): { userId: string; sessionId: string } {
  if (actor.kind === "user" && actor.sessionId) return { userId: actor.id, sessionId: actor.sessionId };
  throw new AppError("forbidden", "Only a person who is signed in has a session.");
}
