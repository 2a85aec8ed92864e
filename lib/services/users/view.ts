import type { UserRow } from "@/db/stores/users";
import { toIso } from "@/lib/core/clock";
import type { QuietHours } from "@/lib/core/quiet-hours";
import type { Role } from "@/lib/core/role";

export interface UserView {
  id: string;
  name: string;
  /** Null where the caller may not see it: other people's addresses are for administrators. */
  email: string | null;
  role: Role;
  status: UserRow["status"];
  timezone: string | null;
  /** Null where there are none, or the caller may not see them. */
  quietHours: QuietHours | null;
  /** The clients that the account is limited to; null: none, or the caller may not see them. */
  clientIds: string[] | null;
  /** Signing in is blocked at the moment, from one address at least. */
  isLocked: boolean;
  lastLoginAt: string | null;
  createdAt: string;
}

export function userView(user: UserRow, isLocked = false): UserView {
  return {
    id: user.id,
    name: user.name,
    email: user.email,
    role: user.role,
    status: user.status,
    timezone: user.timezone,
    quietHours: user.quietHours,
    clientIds: user.clientIds,
    isLocked,
    lastLoginAt: toIso(user.lastLoginAt),
    createdAt: toIso(user.createdAt),
  };
}
