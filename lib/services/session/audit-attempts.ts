import { createHash } from "node:crypto";
import type { AuditInsert } from "@/db/stores/audit";
import { countInAudit } from "@/db/stores/counted-audit";
import type { UserRow } from "@/db/stores/users";
import { networkOf } from "@/lib/core/client-address";
import { toIso } from "@/lib/core/clock";
import { idsSince, newId } from "@/lib/core/id";

/** Wrong passwords for one account from one address in this time are one row of the audit log. */
const PERIOD_MS = 10 * 60_000;
/** Rows of one period; the rest share one, however many addresses somebody has. */
const MAX_ROWS = 50;

type Account = Pick<UserRow, "id" | "name"> | null;

/** Nobody has signed in yet. What was typed as a mail address is not kept: it may be a password. */
const NOBODY = { actorKind: "system", actorId: null, actorName: "nobody" } as const;

const entityOf = (user: Account) => ({
  entity: "user",
  entityId: user?.id ?? null,
  entityName: user?.name ?? "an unknown account",
});

/** Counts one wrong password in the audit log, in one row per account, caller and ten minutes. */
export function auditWrongPassword(user: Account, address: string | null, at: number): Promise<void> {
  const period = idsSince("aud", at - (at % PERIOD_MS));
  const rowOf = (
    subject: string,
    who: Pick<AuditInsert, "entity" | "entityId" | "entityName">,
    from: string | null,
  ) => ({
    ...NOBODY,
    ...who,
    id: period + createHash("sha256").update(subject).digest("hex").slice(0, 12),
    at,
    address: from,
    verb: "session.wrongPassword",
    detail: { count: 1, until: toIso(at) },
  });
  const caller = address && networkOf(address);
  const row = rowOf(`${user?.id ?? ""}\n${caller ?? ""}`, entityOf(user), address);
  const rest = rowOf("rest", { entity: "user", entityId: null, entityName: "further accounts and addresses" }, null);
  return countInAudit(row, rest, period, MAX_ROWS);
}

/** The audit row of a lock. @param user null: for every account */
export function lockAuditRow(
  user: Account,
  lock: { address: string | null; failures: number; lockedUntil: number },
  at: number,
): AuditInsert {
  return {
    ...NOBODY,
    ...entityOf(user),
    ...(user ? {} : { entityName: "any account" }),
    id: newId("aud"),
    at,
    address: lock.address,
    verb: "session.lock",
    detail: { failures: lock.failures, lockedUntil: toIso(lock.lockedUntil) },
  };
}
