import type { LoginGuard } from "@/db/stores/login-guards";
import type { UserRow } from "@/db/stores/users";
import { parseGuardKey } from "@/lib/auth/access/lock-rule";
import type { EventDraft } from "@/lib/core/event";
import { userLocked } from "@/lib/events/user-locked";

/** The event about one account that is blocked for new devices or for one, or about one address blocked for every account. */
export function lockDraft(
  guard: Pick<LoginGuard, "key" | "failures" | "lockedUntil"> & { lastAddress?: string | null },
  user: Pick<UserRow, "id" | "name" | "email"> | null,
  at: number,
): EventDraft {
  const { address, device } = parseGuardKey(guard.key);
  return userLocked.draft({
    subject: user ? { kind: "user", id: user.id, name: user.name } : { kind: "user", id: "any", name: "any account" },
    data: {
      ...(user && { user: { id: user.id, name: user.name, email: user.email } }),
      ...(address && { address }),
      ...(device && { device }),
      ...(guard.lastAddress && { lastAddress: guard.lastAddress }),
      failures: guard.failures,
      ...(guard.lockedUntil !== null && { lockedUntil: guard.lockedUntil }),
    },
    at,
  });
}
