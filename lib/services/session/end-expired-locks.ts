import { expiredLocks, userById } from "@/db/queries/users";
import { applyWithoutEvent, deleteOldGuards, endLockChange } from "@/db/stores/login-guards";
import { PAIR_RULE, parseGuardKey } from "@/lib/auth/access/lock-rule";
import { emit } from "@/lib/dispatch/emit";
import { lockDraft } from "./lock-draft";

/**
 * Ends expired locks and resolves their alerts. For the scheduler, every few seconds;
 * the lock itself does not wait for it.
 * @returns how many ended
 */
export async function endExpiredLocks(now: number): Promise<number> {
  let ended = 0;
  for (const guard of await expiredLocks(now)) {
    const change = endLockChange(guard.key, now);
    const isAccount = parseGuardKey(guard.key).emailKey !== null;
    if (isAccount && !guard.userId) {
      if (await applyWithoutEvent(change)) ended++;
      continue;
    }
    const user = guard.userId ? await userById(guard.userId) : null;
    const draft = lockDraft({ ...guard, lockedUntil: null }, user, now);
    if (await emit({ ...draft, status: "resolved" }, change)) ended++;
  }
  return ended;
}

/** Deletes counts that no rule uses any more. For the daily clean-up. */
export function deleteOldLoginGuards(now: number): Promise<void> {
  return deleteOldGuards(now - PAIR_RULE.forgetAfterMs);
}
