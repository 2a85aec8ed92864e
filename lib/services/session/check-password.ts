import { guardsOf, userByEmail } from "@/db/queries/users";
import { applyWithoutEvent, countWrongPassword, lockUserChange } from "@/db/stores/login-guards";
import type { UserRow } from "@/db/stores/users";
import { ADDRESS_RULE, addressKey, type LockRule, lockMs, PAIR_RULE, pairKey } from "@/lib/auth/access/lock-rule";
import { AppError } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";
import { sharedState } from "@/lib/core/runtime";
import { emit } from "@/lib/dispatch/emit";
import { verifyPassword } from "@/lib/secrets/password";
import { makeSlots } from "@/lib/secrets/slots";
import { lockDraft } from "./lock-draft";

const log = loggerOf("session");

/** Few at once, so that many guesses in parallel meet the lock that the first ones cause. */
const inTurn = () => sharedState("session.slots", () => makeSlots(2, 100));

/**
 * The account behind address and password. Each wrong password counts; too many lock the pair of account and
 * caller's address, and while the lock lasts the right password is refused too.
 * @param emailKey the mail address in lower case
 * @throws AppError `unauthenticated` for a wrong pair, the same for unknown accounts and in the same time; `limit` while locked
 */
export function checkPassword(emailKey: string, password: string, address: string | null): Promise<UserRow> {
  return inTurn()(async () => {
    const pair = pairKey(emailKey, address);
    const wide = addressKey(address);
    await assertUnlocked(wide ? [pair, wide] : [pair], Date.now());
    const user = await userByEmail(emailKey);
    if (await verifyPassword(password, user?.passwordHash ?? null)) return user as UserRow;
    const now = Date.now();
    await count({ key: pair, user, isAccount: true }, PAIR_RULE, now);
    if (wide) await count({ key: wide, user: null, isAccount: false }, ADDRESS_RULE, now);
    throw new AppError("unauthenticated", "Mail address or password is wrong.");
  });
}

async function assertUnlocked(keys: string[], now: number): Promise<void> {
  const lockedUntil = Math.max(0, ...(await guardsOf(keys)).map((guard) => guard.lockedUntil ?? 0));
  if (lockedUntil <= now) return;
  throw new AppError(
    "limit",
    `Signing in is blocked after repeated wrong passwords. Try again ${formatRoughWait(lockedUntil - now)}.`,
  );
}

/** Formats the wait roughly, so that guesses cannot be timed by it. */
function formatRoughWait(ms: number): string {
  if (ms <= 2 * 60_000) return "in a few minutes";
  if (ms <= 20 * 60_000) return "in half an hour";
  return "in an hour";
}

async function count(
  guard: { key: string; user: UserRow | null; isAccount: boolean },
  rule: LockRule,
  now: number,
): Promise<void> {
  const { key, user } = guard;
  const failures = await countWrongPassword({
    key,
    userId: user?.id ?? null,
    now,
    forgetBefore: now - rule.forgetAfterMs,
  });
  const duration = lockMs(failures, rule);
  if (duration === null) return;
  const lockedUntil = now + duration;
  const change = lockUserChange({ key, now, lockedUntil });
  // Addresses without an account lock like any other, so that locks do not reveal which accounts exist; they raise no event.
  if (guard.isAccount && !user) await applyWithoutEvent(change);
  else await emit(lockDraft({ key, failures, lockedUntil }, user, now), change);
  log.warn("locked sign-in after repeated wrong passwords", { userId: user?.id ?? null, failures, lockedUntil });
}
