import { isOfClients } from "@/db/queries/client-scope";
import { clientsOf, type MaybeActor } from "@/lib/auth/access/actor";
import { CLIENT_SCOPE } from "@/lib/auth/access/visibility/client-scope";
import { AppError } from "@/lib/core/errors";

/**
 * Refuses verbs that show or change more than the clients an account is limited to.
 * @throws AppError `forbidden`
 */
export function requireScopedVerb(verb: string, actor: MaybeActor): void {
  if (clientsOf(actor) === null || Object.hasOwn(CLIENT_SCOPE, verb)) return;
  throw new AppError("forbidden", "Your account is limited to some clients, and this is about more than those.");
}

/**
 * Refuses ids of what is not of the clients that an account is limited to.
 * @param input of the verb, parsed
 * @throws AppError `not_found`: for this account it does not exist
 */
export async function requireInScope(verb: string, input: unknown, actor: MaybeActor): Promise<void> {
  const clientIds = clientsOf(actor);
  if (clientIds === null) return;
  const kind = CLIENT_SCOPE[verb];
  if (kind === undefined || kind === "own" || kind === "listed") return;
  const { id } = input as { id?: unknown };
  if (typeof id === "string" && (await isOfClients(kind, id, clientIds))) return;
  throw new AppError("not_found", "There is no such thing.");
}
