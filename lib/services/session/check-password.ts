import { guardsOf, userByEmail } from "@/db/queries/users";
import { auditChange } from "@/db/stores/audit";
import { type Guarded, GuardLocked, releaseTry, type TakenCount, takeTry } from "@/db/stores/login-guards";
import type { UserRow } from "@/db/stores/users";
import {
  ACCOUNT_RULE,
  ADDRESS_RULE,
  accountKey,
  addressKey,
  deviceKey,
  type LockRule,
  lockMs,
  parseGuardKey,
} from "@/lib/auth/access/lock-rule";
import { AppError } from "@/lib/core/errors";
import { formatDuration } from "@/lib/core/format-units";
import { loggerOf } from "@/lib/core/logger";
import { sharedState } from "@/lib/core/runtime";
import { emit } from "@/lib/dispatch/emit";
import { verifyPassword } from "@/lib/secrets/password";
import { makeSlots } from "@/lib/secrets/slots";
import { auditWrongPassword, lockAuditRow } from "./audit-attempts";
import { knownDevice } from "./device";
import { lockDraft } from "./lock-draft";

const log = loggerOf("session");

/** Strangers who sign in all at once must not keep those out whose device is known. */
const slotsOf = (isKnown: boolean) =>
  isKnown
    ? sharedState("session.known-slots", () => makeSlots(1, 50))
    : sharedState("session.slots", () => makeSlots(2, 100));

/** The device of those who are signed in already and enter their password once more. */
const SIGNED_IN = "signed-in";

/** Where a password comes from. */
export interface Origin {
  /** As `readIpAddress` returns it. */
  address: string | null;
  /** The sealed cookie of the device. */
  deviceCookie: string | null;
}

/**
 * The account behind mail address and password. From the fifth wrong password on each further try has to wait, and the
 * right password is refused too meanwhile. It counts for the account over all new devices, for each device that has
 * signed in to it before by itself, and for an address over all accounts.
 * @param emailKey the mail address in lower case
 * @throws AppError `unauthenticated` for a wrong pair, the same for unknown accounts and in the same time; `limit` with
 * `retryAfterSeconds` while it has to wait
 */
export async function checkPassword(
  emailKey: string,
  password: string,
  { address, deviceCookie }: Origin,
): Promise<UserRow> {
  const account = await userByEmail(emailKey);
  const device = account && knownDevice(deviceCookie, account.id);
  return tryPassword({ emailKey, password, address, device });
}

/** As `checkPassword`, for a person who is signed in: such tries have a count of their own. */
export function checkOwnPassword(user: UserRow, password: string, address: string | null): Promise<UserRow> {
  return tryPassword({ emailKey: user.emailKey, password, address, device: SIGNED_IN });
}

interface Try {
  emailKey: string;
  password: string;
  address: string | null;
  device: string | null;
}

async function tryPassword({ emailKey, password, address, device }: Try): Promise<UserRow> {
  const keys = keysOf(emailKey, address, device);
  // Before it waits for its turn: a flood of tries that are refused anyway takes nobody's place.
  const [locked] = (await guardsOf(keys)).flatMap(({ lockedUntil }) => lockedUntil ?? []).sort((a, b) => b - a);
  refuseWhileLocked(locked ?? 0);
  return slotsOf(device !== null)(async () => {
    const user = await userByEmail(emailKey);
    const taken = await take(keys, user);
    if (await verifyPassword(password, user?.passwordHash ?? null)) {
      await releaseTry(taken).catch((error: unknown) => log.error("failed to reset wrong passwords", { error }));
      return user as UserRow;
    }
    await refuse(user, address, taken);
    throw new AppError("unauthenticated", "Mail address or password is wrong.");
  });
}

/** Accounts come before addresses: two tries that share both never wait for each other. */
function keysOf(emailKey: string, address: string | null, device: string | null): string[] {
  if (device !== null) return [deviceKey(emailKey, device)];
  const wide = addressKey(address);
  return wide ? [accountKey(emailKey), wide] : [accountKey(emailKey)];
}

async function take(keys: string[], user: UserRow | null): Promise<TakenCount[]> {
  const now = Date.now();
  try {
    return await takeTry(
      keys.map((key) => guardedOf(key, user, now)),
      now,
    );
  } catch (error) {
    if (error instanceof GuardLocked) refuseWhileLocked(error.lockedUntil);
    throw error;
  }
}

function guardedOf(key: string, user: UserRow | null, now: number): Guarded {
  const isAccount = parseGuardKey(key).emailKey !== null;
  const rule: LockRule = isAccount ? ACCOUNT_RULE : ADDRESS_RULE;
  return {
    key,
    userId: isAccount ? (user?.id ?? null) : null,
    forgetBefore: now - rule.forgetAfterMs,
    lockMs: (failures) => lockMs(failures, rule),
    onSuccess: isAccount ? "reset" : "undo",
  };
}

function refuseWhileLocked(lockedUntil: number): void {
  const wait = Math.ceil((lockedUntil - Date.now()) / 1_000);
  if (wait <= 0) return;
  throw new AppError(
    "limit",
    `Signing in is blocked after repeated wrong passwords. Try again in ${formatDuration(wait * 1_000)}.`,
    { retryAfterSeconds: wait },
  );
}

/** Does the same for unknown accounts, but for the event, for which nobody waits: no time reveals which accounts exist. */
async function refuse(user: UserRow | null, address: string | null, taken: readonly TakenCount[]): Promise<void> {
  const now = Date.now();
  await auditWrongPassword(user, address, now).catch((error: unknown) =>
    log.error("failed to record a wrong password", { error }),
  );
  for (const { key, failures, lockedUntil } of taken) {
    if (lockedUntil === null) continue;
    const owner = parseGuardKey(key).emailKey === null ? null : user;
    // The address comes first: filters for fail2ban look for it there.
    log.warn("locked sign-in after repeated wrong passwords", {
      address,
      userId: owner?.id ?? null,
      failures,
      lockedUntil,
    });
    if (parseGuardKey(key).emailKey !== null && !user) continue;
    const row = lockAuditRow(owner, { address, failures, lockedUntil }, now);
    emit(lockDraft({ key, failures, lockedUntil, lastAddress: address }, owner, now), auditChange(row)).catch(
      (error: unknown) => log.error("failed to record a lock", { userId: owner?.id ?? null, error }),
    );
  }
}
