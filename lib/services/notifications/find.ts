import { findEntry, type InboxEntry } from "@/db/queries/inbox";
import type { Actor } from "@/lib/auth/access/actor";
import { AppError } from "@/lib/core/errors";
import { hiddenFrom, readerOf } from "./reader";

/** The entry as the caller has it. @throws AppError `not_found`, also for one that the caller may not see */
export async function requireEntry(actor: Actor, id: string): Promise<InboxEntry> {
  const entry = await findEntry(id, await readerOf(actor));
  if (!entry || hiddenFrom(actor).types.includes(entry.type)) {
    throw new AppError("not_found", "There is no such notification.");
  }
  return entry;
}

/** The entry when it is an alert. @param what cannot be done to an event: `acknowledged` @throws AppError `not_found`, `conflict` */
export async function requireAlert(actor: Actor, id: string, what: string): Promise<InboxEntry> {
  const entry = await requireEntry(actor, id);
  if (entry.alertStatus === null) {
    throw new AppError("conflict", `Only an alert can be ${what}. This is an event: it happened, and nothing is open.`);
  }
  return entry;
}
