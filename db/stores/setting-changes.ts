import { type Steps, type Tx, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";
import { NOTIFICATION_SETTINGS, type RawRouting, readRawRouting } from "./routing";
import { bumpRouting, dropSetting, putSetting, readSetting } from "./settings";

/**
 * Changes one tab's settings by what stands there now, with the audit row.
 * @param change gets the stored value or null; null takes the setting away
 */
export function saveSetting<T>(
  key: string,
  change: (stored: T | null) => T | null,
  audit: AuditInsert,
): Promise<T | null> {
  return transact([`setting:${key}`], (tx) => save(tx, key, change, audit));
}

/**
 * Changes the settings that decide who is told.
 * @param check gets the routing as it would stand with the change; what it throws leaves everything as it was
 */
export function saveNotificationSettings<T>(
  change: (stored: unknown) => T,
  check: (routing: RawRouting) => void,
  audit: AuditInsert,
): Promise<T> {
  return transact([`setting:${NOTIFICATION_SETTINGS}`], function* (tx) {
    const value = (yield* save<T>(tx, NOTIFICATION_SETTINGS, (stored) => change(stored), audit)) as T;
    check(yield* readRawRouting(tx));
    yield* bumpRouting(tx);
    return value;
  });
}

function* save<T>(tx: Tx, key: string, change: (stored: T | null) => T | null, audit: AuditInsert): Steps<T | null> {
  const value = change(yield* readSetting<T>(tx, key));
  if (value === null) yield* dropSetting(tx, key);
  else yield* putSetting(tx, key, value, audit.at);
  yield* writeAudit(tx, audit);
  return value;
}
