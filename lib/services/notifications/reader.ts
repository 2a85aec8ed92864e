import { type HiddenFromReader, type InboxReader, readUpTo } from "@/db/queries/inbox";
import { type Actor, clientsOf } from "@/lib/auth/access/actor";
import { hiddenEventTypes } from "@/lib/auth/access/visibility/events";
import { CATALOG } from "@/lib/events/catalog";

const OUTSIDE = CATALOG.filter(({ entersInbox }) => !entersInbox).map(({ type }) => type);

/** Who has read what: the account, the API key, or the command line as one. */
export function readerIdOf(actor: Actor): string {
  return actor.id ?? actor.kind;
}

/** The caller as a reader of the inbox. */
export async function readerOf(actor: Actor): Promise<InboxReader> {
  const id = readerIdOf(actor);
  return { id, readUpTo: await readUpTo(id) };
}

/** What the caller's role does not see, and what makes no entry for anybody. */
export function hiddenFrom(actor: Actor): HiddenFromReader {
  const { role } = actor;
  return {
    clientIds: clientsOf(actor),
    types: [...hiddenEventTypes(role), ...OUTSIDE],
    subjects: hiddenEventTypes(role, "subject"),
    titles: hiddenEventTypes(role, "title"),
    messages: hiddenEventTypes(role, "message"),
  };
}
