import { networkOf } from "@/lib/core/client-address";
import { LONGEST } from "@/lib/core/longest-times";

/** How many wrong passwords are allowed, and how long each further try has to wait. Times in milliseconds. */
export interface LockRule {
  /** From this many wrong passwords on each further try has to wait. */
  allowed: number;
  firstLockMs: number;
  longestLockMs: number;
  /** After this time without a wrong password the count starts over. */
  forgetAfterMs: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * One account from all devices that never signed in to it, or from one that did: each such device has a count of its own,
 * so that strangers cannot keep the owner out.
 */
export const ACCOUNT_RULE: LockRule = {
  allowed: 5,
  firstLockMs: MINUTE,
  // About a hundred guesses a day; and the owner at a new device never waits longer.
  longestLockMs: 15 * MINUTE,
  forgetAfterMs: 24 * HOUR,
};

/** One address over all accounts: a higher limit, since a whole office may share it. */
export const ADDRESS_RULE: LockRule = {
  allowed: 50,
  firstLockMs: MINUTE,
  longestLockMs: LONGEST.signInLock,
  forgetAfterMs: HOUR,
};

/** Returns how long to wait after so many wrong passwords in a row; null: not at all. Doubles with each further one. */
export function lockMs(failures: number, rule: LockRule): number | null {
  if (failures < rule.allowed) return null;
  return Math.min(rule.longestLockMs, rule.firstLockMs * 2 ** Math.min(failures - rule.allowed, 30));
}

/** The key that counts wrong passwords for one account from all devices that never signed in to it. */
export function accountKey(emailKey: string): string {
  return `${emailKey}\n*`;
}

/** The key that counts wrong passwords for one account from one device that has signed in to it before. */
export function deviceKey(emailKey: string, device: string): string {
  return `${emailKey}\n=${device}`;
}

/**
 * The key that counts wrong passwords from one caller for all accounts; null when its address is unknown.
 * @param address as `readIpAddress` returns it
 */
export function addressKey(address: string | null): string | null {
  return address === null ? null : `\n${networkOf(address)}`;
}

/** What a guard counts: `emailKey` is null for all accounts; neither device nor address for all new devices. */
export interface GuardScope {
  emailKey: string | null;
  address: string | null;
  device: string | null;
}

/** Splits a guard's key. */
export function parseGuardKey(key: string): GuardScope {
  const at = key.indexOf("\n");
  const rest = key.slice(at + 1);
  const device = rest.startsWith("=") ? rest.slice(1) : null;
  return {
    emailKey: at === 0 ? null : key.slice(0, at),
    // Earlier versions counted by account and address, or "unknown".
    address: device !== null || rest === "*" || rest === "unknown" ? null : rest,
    device,
  };
}
