/** How many wrong passwords are forgiven, and how long a lock takes. Times in milliseconds. */
export interface LockRule {
  /** The lock comes with this many wrong passwords. */
  allowed: number;
  firstLockMs: number;
  longestLockMs: number;
  /** After so long without a wrong password the count begins anew. */
  forgetAfterMs: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** One account from one address. */
export const PAIR_RULE: LockRule = { allowed: 5, firstLockMs: MINUTE, longestLockMs: HOUR, forgetAfterMs: 24 * HOUR };

/** One address over all accounts: slower, since an office may stand behind it. */
export const ADDRESS_RULE: LockRule = {
  allowed: 50,
  firstLockMs: MINUTE,
  longestLockMs: HOUR,
  forgetAfterMs: HOUR,
};

/** How long to lock after the given number of wrong passwords in a row; null: not yet. Doubles with each further one. */
export function lockMs(failures: number, rule: LockRule): number | null {
  if (failures < rule.allowed) return null;
  return Math.min(rule.longestLockMs, rule.firstLockMs * 2 ** Math.min(failures - rule.allowed, 30));
}

/** Under which wrong passwords are counted for one account and one address. */
export function pairKey(emailKey: string, address: string | null): string {
  return `${emailKey}\n${address ?? "unknown"}`;
}

/** Under which wrong passwords of one address are counted, whatever account they were for; null when the address is not known. */
export function addressKey(address: string | null): string | null {
  return address === null ? null : `\n${address}`;
}

/** The two halves of a guard's key again; `emailKey` is null for an address over all accounts. */
export function partsOfKey(key: string): { emailKey: string | null; address: string | null } {
  const at = key.indexOf("\n");
  const address = key.slice(at + 1);
  return { emailKey: at === 0 ? null : key.slice(0, at), address: address === "unknown" ? null : address };
}
