import { and, count, eq, gt, isNull, ne, sql } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import type { ReportSettings } from "@/lib/core/report";
import { includesRole, type Role } from "@/lib/core/role";
import type { Tables } from "../client";
import { isUniqueViolation } from "../faults";
import { type Steps, step, type Tx, transact } from "../transact";
import { ADMINISTRATORS } from "./administrators";
import { closeAlertsOf } from "./alerts";
import { type AuditInsert, writeAudit } from "./audit";
import type { Change } from "./change";
import { releaseHeldBy } from "./held-deliveries";
import { deleteReader } from "./inbox";
import { voidInvitations } from "./invitations";
import { type KeyDecision, REVOKE_ALL, type SettledKeys, settleKeysOf } from "./owned-api-keys";
import { type NextReports, putReportSlots, removeReportSlots } from "./report-slots";
import { endSessionsOf, insertSession, type KeptSession, type SessionRow } from "./sessions";
import { bumpRouting, putSetting } from "./settings";
import { putState, readState } from "./system-state";

export type UserRow = Tables["users"]["$inferSelect"];
export type InvitationInsert = Tables["invitations"]["$inferInsert"];

const SETUP_DONE = "setup-done";

/** Inserts the first administrator, with a setting that was chosen with it. Does not apply when setup was completed before, also at the same moment. */
export function insertFirstAdminChange(
  row: UserRow,
  audit: AuditInsert,
  setting: { key: string; value: unknown } | null = null,
): Change {
  return {
    *apply(tx) {
      const claimed = yield* step(
        tx.orm
          .insert(tx.t.systemState)
          .values({ key: SETUP_DONE, value: true, updatedAt: row.createdAt })
          .onConflictDoNothing()
          .returning({ key: tx.t.systemState.key }),
      );
      if (claimed.length === 0) return false;
      const [others] = yield* step(tx.orm.select({ n: count() }).from(tx.t.users));
      if (others && others.n > 0) return false;
      yield* step(tx.orm.insert(tx.t.users).values(row));
      if (setting) yield* putSetting(tx, setting.key, setting.value, row.createdAt);
      yield* recordUserChange(tx, row.id, audit);
      return true;
    },
  };
}

/** Inserts an account and its invitation. Does not apply when the mail address is taken. */
export function insertUserChange(row: UserRow, invitation: InvitationInsert | null, audit: AuditInsert): Change {
  return {
    *apply(tx) {
      const inserted = yield* step(
        tx.orm.insert(tx.t.users).values(row).onConflictDoNothing().returning({ id: tx.t.users.id }),
      );
      if (inserted.length === 0) return false;
      if (invitation) yield* step(tx.orm.insert(tx.t.invitations).values(invitation));
      if ((yield* readState(tx, SETUP_DONE)) === null) yield* putState(tx, SETUP_DONE, true, row.createdAt);
      yield* recordUserChange(tx, row.id, audit);
      return true;
    },
  };
}

/** A person whose password was right. */
export interface Login {
  session: SessionRow;
  /** Of the account when its password was checked: where it is another one by now, there is no session. */
  sessionVersion: number;
  /** In place of one that was cheaper. */
  passwordHash?: string;
}

/**
 * Begins a session and records the sign-in.
 * @returns false, having done nothing, when the account was disabled or deleted meanwhile, or its sessions were ended
 */
export function beginSession(login: Login, audit: AuditInsert): Promise<boolean> {
  return transact([], function* (tx) {
    const { session, sessionVersion, passwordHash } = login;
    const { users } = tx.t;
    const rows = yield* step(
      tx.orm
        .update(users)
        .set({ lastLoginAt: session.createdAt, ...(passwordHash && { passwordHash }) })
        .where(and(eq(users.id, session.userId), eq(users.status, "active"), eq(users.sessionVersion, sessionVersion)))
        .returning({ id: users.id }),
    );
    if (rows.length === 0) return false;
    yield* insertSession(tx, session);
    yield* writeAudit(tx, audit);
    return true;
  });
}

export interface UserChanges {
  name?: string;
  email?: string;
  emailKey?: string;
  role?: Role;
  timezone?: string | null;
  inbox?: UserRow["inbox"];
  quietHours?: UserRow["quietHours"];
  reports?: ReportSettings | null;
  clientIds?: string[] | null;
  /** A new password ends every session, as does another role. */
  passwordHash?: string;
}

/** An account after a change, with the API keys of it that the change revoked or kept. */
export interface AccountChange {
  user: UserRow;
  keys: SettledKeys;
}

const NO_KEYS: SettledKeys = { revoked: [], kept: [] };

/**
 * Changes an account. One that gets a lower role loses its API keys, except those that the caller keeps. An invitation
 * does not outlive the address that it was sent to, and gives no more than the role that it was sent for. Another
 * password or role ends every session.
 * @param exceptions what of that goes on; `nextReports` with settings or a zone that move them
 * @throws AppError `not_found`; `conflict` when the address is taken or no administrator would be left; `invalid` for
 * keys that cannot be kept
 */
export function updateAccount(
  id: string,
  changes: UserChanges,
  audit: AuditInsert,
  {
    decision = REVOKE_ALL,
    session,
    nextReports,
  }: { decision?: KeyDecision; session?: KeptSession; nextReports?: NextReports } = {},
): Promise<AccountChange> {
  return transact(ADMINISTRATORS, function* (tx) {
    const user = yield* readUser(tx, id);
    if (changes.role && changes.role !== "admin") yield* assertAdminRemains(tx, user);
    if (changes.emailKey) yield* assertAddressFree(tx, changes.emailKey, id);
    const isFirstPassword = changes.passwordHash !== undefined && user.status === "invited";
    const hasOtherAddress = changes.email !== undefined && changes.email !== user.email;
    const role = changes.role ?? user.role;
    if (isFirstPassword || hasOtherAddress || !includesRole(user.role, role)) yield* voidInvitations(tx, id, audit.at);
    const hasNewRole = changes.role !== undefined && changes.role !== user.role;
    if (changes.passwordHash || hasNewRole) yield* endSessionsOf(tx, id, session);
    const [updated] = yield* step(
      tx.orm
        .update(tx.t.users)
        .set({
          ...changes,
          ...(isFirstPassword && { status: "active" as const }),
          updatedAt: audit.at,
        })
        .where(eq(tx.t.users.id, id))
        .returning(),
    );
    if (nextReports) yield* putReportSlots(tx, "user", id, nextReports);
    // What the new hours hold is held again before it is sent.
    if (changes.quietHours !== undefined || changes.timezone !== undefined)
      yield* releaseHeldBy(tx, "quiet_hours", id, audit.at);
    yield* recordUserChange(tx, id, audit);
    const loses = !includesRole(role, user.role);
    if (!loses && decision.keep.length > 0) throw noKeysLost();
    const keys = loses ? yield* settleKeysOf(tx, id, decision, audit) : NO_KEYS;
    return { user: updated ?? user, keys };
  }).catch((error) => {
    // Two accounts may take one address at the same moment: the unique index admits one.
    throw isUniqueViolation(error) ? addressTaken() : error;
  });
}

/** A role that stays or rises takes no key away. */
function noKeysLost(): AppError {
  const sentence = "This change revokes no API key. Leave out keepKeys.";
  return new AppError("invalid", sentence, { fields: { keepKeys: sentence } });
}

/**
 * Disables or enables an account. Disabling ends its sessions, makes its invitation void and revokes its API keys, except
 * those that the caller keeps; without a password, enabling makes it `invited` again, and it needs a new invitation.
 */
export function setUserEnabled(
  id: string,
  isEnabled: boolean,
  audit: AuditInsert,
  decision: KeyDecision = REVOKE_ALL,
): Promise<AccountChange> {
  return transact(ADMINISTRATORS, function* (tx) {
    const user = yield* readUser(tx, id);
    if (!isEnabled) {
      yield* assertAdminRemains(tx, user);
      yield* closeAlertsOf(tx, "user", id, "subject_disabled");
      yield* voidInvitations(tx, id, audit.at);
      yield* endSessionsOf(tx, id);
      yield* removeReportSlots(tx, "user", id);
    }
    const [updated] = yield* step(
      tx.orm
        .update(tx.t.users)
        .set({
          status: isEnabled ? (user.passwordHash ? "active" : "invited") : "disabled",
          updatedAt: audit.at,
        })
        .where(eq(tx.t.users.id, id))
        .returning(),
    );
    yield* recordUserChange(tx, id, audit);
    const keys = isEnabled ? NO_KEYS : yield* settleKeysOf(tx, id, decision, audit);
    return { user: updated ?? user, keys };
  });
}

/** Deletes the account, and revokes its API keys as `setUserEnabled` does. The audit log and history keep its name. */
export function deleteAccount(
  id: string,
  audit: AuditInsert,
  decision: KeyDecision = REVOKE_ALL,
): Promise<SettledKeys> {
  return transact(ADMINISTRATORS, function* (tx) {
    const user = yield* readUser(tx, id);
    yield* assertAdminRemains(tx, user);
    yield* closeAlertsOf(tx, "user", id, "subject_removed");
    yield* endSessionsOf(tx, id);
    yield* deleteReader(tx, id);
    yield* step(tx.orm.delete(tx.t.invitations).where(eq(tx.t.invitations.userId, id)));
    yield* removeReportSlots(tx, "user", id);
    yield* step(tx.orm.delete(tx.t.loginGuards).where(eq(tx.t.loginGuards.userId, id)));
    yield* step(tx.orm.delete(tx.t.users).where(eq(tx.t.users.id, id)));
    yield* recordUserChange(tx, id, audit);
    return yield* settleKeysOf(tx, id, decision, audit);
  });
}

/** Stores a new invitation in place of the earlier ones. @throws AppError `not_found`; `conflict` when the account has a password */
export function replaceInvitation(userId: string, invitation: InvitationInsert, audit: AuditInsert): Promise<UserRow> {
  return transact([], function* (tx) {
    const user = yield* readUser(tx, userId);
    if (user.status !== "invited") {
      throw new AppError("conflict", `${user.name} has a password already, so there is nothing to invite to.`);
    }
    yield* voidInvitations(tx, userId, audit.at);
    yield* step(tx.orm.insert(tx.t.invitations).values(invitation));
    yield* recordUserChange(tx, userId, audit);
    return user;
  });
}

/**
 * Uses an invitation once and activates its account. The caller writes the audit row in the same transaction.
 * @throws AppError `not_found` when it was used, replaced or has expired
 */
export function* redeemInvitation(tx: Tx, tokenHash: string, passwordHash: string, now: number): Steps<UserRow> {
  const { users, invitations } = tx.t;
  const [used] = yield* step(
    tx.orm
      .update(invitations)
      .set({ usedAt: now })
      .where(and(eq(invitations.tokenHash, tokenHash), isNull(invitations.usedAt), gt(invitations.expiresAt, now)))
      .returning({ userId: invitations.userId }),
  );
  const [user] = used
    ? yield* step(
        tx.orm
          .update(users)
          .set({
            passwordHash,
            status: "active",
            sessionVersion: sql`${users.sessionVersion} + 1`,
            updatedAt: now,
          })
          .where(and(eq(users.id, used.userId), eq(users.status, "invited")))
          .returning(),
      )
    : [];
  if (!user) throw new AppError("not_found", "This invitation is no longer valid. Ask for a new one.");
  yield* publishUserChange(tx, user.id);
  return user;
}

function* recordUserChange(tx: Tx, userId: string, audit: AuditInsert): Steps<void> {
  yield* writeAudit(tx, audit);
  yield* publishUserChange(tx, userId);
}

function* publishUserChange(tx: Tx, userId: string): Steps<void> {
  // Administrators are recipients of channels that mail them all.
  yield* bumpRouting(tx);
  tx.notices.push({ topic: "users", ids: [userId] });
}

function* readUser(tx: Tx, id: string): Steps<UserRow> {
  const [user] = yield* step(tx.orm.select().from(tx.t.users).where(eq(tx.t.users.id, id)).limit(1));
  if (!user) throw new AppError("not_found", "There is no such user.");
  return user;
}

function* assertAdminRemains(tx: Tx, user: UserRow): Steps<void> {
  if (user.role !== "admin" || user.status !== "active") return;
  const { users } = tx.t;
  const [others] = yield* step(
    tx.orm
      .select({ n: count() })
      .from(users)
      .where(and(eq(users.role, "admin"), eq(users.status, "active"), ne(users.id, user.id))),
  );
  if (!others || others.n === 0) {
    throw new AppError(
      "conflict",
      `${user.name} is the only administrator who can sign in. Make someone else one first.`,
    );
  }
}

function* assertAddressFree(tx: Tx, emailKey: string, exceptId: string): Steps<void> {
  const { users } = tx.t;
  const taken = yield* step(
    tx.orm
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.emailKey, emailKey), ne(users.id, exceptId)))
      .limit(1),
  );
  if (taken.length > 0) throw addressTaken();
}

export function addressTaken(): AppError {
  const sentence = "Another account has this mail address.";
  return new AppError("conflict", sentence, { fields: { email: sentence } });
}
