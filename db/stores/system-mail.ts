import { eq } from "drizzle-orm";
import { SYSTEM_MAIL_ID } from "@/lib/core/system-mail";
import { type Steps, step, type Tx } from "../transact";
import { closeAlertsOf } from "./alerts";
import { type AuditInsert, writeAudit } from "./audit";
import { cancelUnsent } from "./channel-deliveries";
import { resetChannelState } from "./channel-queue";
import { bumpRouting, dropSetting, putSetting } from "./settings";
import { ADMIN_MAIL_SETTINGS, MAIL_SETTINGS } from "./system-mail-settings";

/** What changes in Settings → Email; what is left out stays. */
interface SystemMailChanges {
  /** Null removes it. */
  server?: unknown;
  /** By event type, all that anybody set. */
  adminMail?: Record<string, boolean>;
}

/** Stores changes of the system mail server, and of what is mailed to all administrators. */
export function* writeSystemMail(tx: Tx, changes: SystemMailChanges, audit: AuditInsert): Steps<void> {
  const { server, adminMail } = changes;
  if (server !== undefined) yield* replaceServer(tx, server, audit.at);
  if (adminMail) yield* putSetting(tx, ADMIN_MAIL_SETTINGS, adminMail, audit.at);
  if (server === undefined && !adminMail) return;
  yield* writeAudit(tx, audit);
  yield* bumpRouting(tx);
}

/**
 * As with any channel that was changed, its health before says nothing about it. When it is removed, its alerts close and
 * what it has not sent is canceled.
 */
function* replaceServer(tx: Tx, server: unknown, now: number): Steps<void> {
  const { channelStates: s } = tx.t;
  if (server === null) {
    yield* dropSetting(tx, MAIL_SETTINGS);
    yield* closeAlertsOf(tx, "channel", SYSTEM_MAIL_ID, "subject_removed");
    yield* cancelUnsent(tx, SYSTEM_MAIL_ID, "channel_removed", now);
    yield* step(tx.orm.delete(s).where(eq(s.channelId, SYSTEM_MAIL_ID)));
  } else {
    yield* putSetting(tx, MAIL_SETTINGS, server, now);
    yield* resetChannelState(tx, SYSTEM_MAIL_ID, false);
  }
  tx.notices.push({ topic: "channels", ids: [SYSTEM_MAIL_ID] });
}
