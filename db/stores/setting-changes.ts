import type { Steps, Tx } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";
import { NOTIFICATION_SETTINGS, type RawRouting, readRawRouting } from "./routing";
import { bumpRouting, dropSetting, putSetting } from "./settings";

/** Locks for `transact` around a change that reads a setting and writes it back. */
export function settingLocks(key: string): string[] {
  return [`setting:${key}`];
}

/** Stores one tab's settings with the audit row. @param value null removes the setting */
export function* writeSetting(tx: Tx, key: string, value: unknown, audit: AuditInsert): Steps<void> {
  if (value === null) yield* dropSetting(tx, key);
  else yield* putSetting(tx, key, value, audit.at);
  yield* writeAudit(tx, audit);
}

/**
 * Stores the settings that decide who gets notified.
 * @returns the routing with the change in it, to be checked before the transaction commits
 */
export function* writeNotificationSettings(tx: Tx, value: unknown, audit: AuditInsert): Steps<RawRouting> {
  yield* writeSetting(tx, NOTIFICATION_SETTINGS, value, audit);
  yield* bumpRouting(tx);
  return yield* readRawRouting(tx);
}
