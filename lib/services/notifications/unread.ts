import { z } from "zod";
import { countUnread, type InboxReader, worstOpen } from "@/db/queries/inbox";
import { inboxPreferencesOf } from "@/db/queries/users";
import type { Actor } from "@/lib/auth/access/actor";
import { DEFAULT_INBOX, type InboxPreferences, MOST_UNREAD } from "@/lib/core/inbox";
import { CATALOG } from "@/lib/events/catalog";
import { defineVerb } from "@/lib/services/verb";
import { hiddenFrom, readerOf } from "./reader";

/** What the caller wants of the bell; the defaults for a key, and for who has chosen nothing. */
export async function preferencesOf(actor: Actor): Promise<InboxPreferences> {
  const stored = actor.kind === "user" ? await inboxPreferencesOf(actor.id) : null;
  return { ...DEFAULT_INBOX, ...stored };
}

/** Types of events of these categories; null: of all. */
export function typesOf(categories: readonly string[] | null): readonly string[] | null {
  return categories && CATALOG.filter(({ category }) => categories.includes(category)).map(({ type }) => type);
}

/** Counts what the caller's badge shows, up to `MOST_UNREAD`. */
export async function unreadOf(
  actor: Actor,
  reader: InboxReader,
  { counts, categories }: InboxPreferences,
  now: number,
): Promise<number> {
  const types = typesOf(categories);
  return countUnread({ reader, counts, types, hidden: hiddenFrom(actor), now, limit: MOST_UNREAD });
}

/** The badge of the bell, how bad it is for the icon of the tab, and what the caller wants of it. */
export const notificationsUnread = defineVerb({
  name: "notifications.unread",
  permission: "viewer",
  changes: false,
  input: z.object({}),
  async run({ actor, now }) {
    const [reader, preferences] = await Promise.all([readerOf(actor), preferencesOf(actor)]);
    const [unread, worst] = await Promise.all([
      unreadOf(actor, reader, preferences, now),
      worstOpen(hiddenFrom(actor), now),
    ]);
    return { unread, worst, preferences };
  },
});
