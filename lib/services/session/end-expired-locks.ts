import { expiredLocks, userById } from "@/db/queries/users";
import { applyWithoutEvent, deleteOldGuards, endLockChange } from "@/db/stores/login-guards";
import { ACCOUNT_RULE, parseGuardKey } from "@/lib/auth/access/lock-rule";
import { emit } from "@/lib/dispatch/emit";
import { lockDraft } from "./lock-draft";

/** An attack that goes on is one problem: its alert resolves after this time in which every try was let through. */
const QUIET_MS = 10 * 60_000;
/** Counts that are kept at most. Whatever is guessed now is younger than those that go. */
const MAX_GUARDS = 20_000;

/**
 * Ends expired locks and resolves their alerts. For the scheduler, every few seconds;
 * the lock itself does not wait for it.
 * @returns how many ended
 */
export async function endExpiredLocks(now: number): Promise<number> {
  let ended = 0;
  const overBy = now - QUIET_MS;
  for (const guard of await expiredLocks(overBy)) {
    const change = endLockChange(guard.key, overBy);
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

/** Deletes counts that no rule uses any more. For the hourly clean-up. */
export function deleteOldLoginGuards(now: number): Promise<void> {
  return deleteOldGuards(now - ACCOUNT_RULE.forgetAfterMs, MAX_GUARDS);
}
