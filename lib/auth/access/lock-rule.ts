import { LONGEST } from "@/lib/core/longest-times";

/** How many wrong passwords are allowed, and how long a lock lasts. Times in milliseconds. */
export interface LockRule {
  /** This many wrong passwords cause the lock. */
  allowed: number;
  firstLockMs: number;
  longestLockMs: number;
  /** After this time without a wrong password the count starts over. */
  forgetAfterMs: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** One account from one address. */
export const PAIR_RULE: LockRule = {
  allowed: 5,
  firstLockMs: MINUTE,
  longestLockMs: LONGEST.signInLock,
  forgetAfterMs: 24 * HOUR,
};

/** One address over all accounts: a higher limit, since a whole office may share it. */
export const ADDRESS_RULE: LockRule = {
  allowed: 50,
  firstLockMs: MINUTE,
  longestLockMs: LONGEST.signInLock,
  forgetAfterMs: HOUR,
};

/** Returns how long to lock after so many wrong passwords in a row; null: no lock yet. Doubles with each further one. */
export function lockMs(failures: number, rule: LockRule): number | null {
  if (failures < rule.allowed) return null;
  return Math.min(rule.longestLockMs, rule.firstLockMs * 2 ** Math.min(failures - rule.allowed, 30));
}

/** The key that counts wrong passwords for one account from one address. */
export function pairKey(emailKey: string, address: string | null): string {
  return `${emailKey}\n${address ?? "unknown"}`;
}

/** The key that counts wrong passwords from one address for all accounts; null when the address is unknown. */
export function addressKey(address: string | null): string | null {
  return address === null ? null : `\n${address}`;
}

/** Splits a guard's key; `emailKey` is null where it counts for all accounts. */
export function parseGuardKey(key: string): { emailKey: string | null; address: string | null } {
  const at = key.indexOf("\n");
  const address = key.slice(at + 1);
  return { emailKey: at === 0 ? null : key.slice(0, at), address: address === "unknown" ? null : address };
}
