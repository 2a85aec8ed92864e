import { expiredLocks, userById } from "@/db/queries/users";
import { applyQuietly, endLockChange, forgetGuards } from "@/db/stores/login-guards";
import { PAIR_RULE, partsOfKey } from "@/lib/auth/access/lock-rule";
import { emit } from "@/lib/dispatch/emit";
import { lockDraft } from "./lock-draft";

/**
 * Ends locks whose time is over and resolves what was raised about them. For the scheduler, every few seconds;
 * the lock itself does not wait for it.
 * @returns how many ended
 */
export async function endExpiredLocks(now: number): Promise<number> {
  let ended = 0;
  for (const guard of await expiredLocks(now)) {
    const change = endLockChange(guard.key, now);
    const isAccount = partsOfKey(guard.key).emailKey !== null;
    if (isAccount && !guard.userId) {
      if (await applyQuietly(change)) ended++;
      continue;
    }
    const user = guard.userId ? await userById(guard.userId) : null;
    const draft = lockDraft({ ...guard, lockedUntil: null }, user, now);
    if (await emit({ ...draft, status: "resolved" }, change)) ended++;
  }
  return ended;
}

/** Drops counts that no rule looks at any more. For the daily clean-up. */
export function forgetOldGuards(now: number): Promise<void> {
  return forgetGuards(now - PAIR_RULE.forgetAfterMs);
}
