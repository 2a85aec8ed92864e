import type { UserRow } from "@/db/stores/users";
import type { Actor } from "@/lib/auth/access/actor";
import { hasRole } from "@/lib/auth/access/permission";
import { toIso } from "@/lib/core/clock";
import type { Role } from "@/lib/core/role";

export interface UserView {
  id: string;
  name: string;
  /** Null where the caller may not see it: other people's addresses are for administrators. */
  email: string | null;
  role: Role;
  status: UserRow["status"];
  timezone: string | null;
  /** Signing in is blocked at the moment, from one address at least. */
  isLocked: boolean;
  lastLoginAt: string | null;
  createdAt: string;
}

/** A user as the caller may see it. */
export function userView(user: UserRow, actor: Actor, isLocked = false): UserView {
  const seesAll = (actor.kind === "user" && actor.id === user.id) || hasRole(actor, "admin");
  return {
    id: user.id,
    name: user.name,
    email: seesAll ? user.email : null,
    role: user.role,
    status: user.status,
    timezone: user.timezone,
    isLocked: seesAll && isLocked,
    lastLoginAt: seesAll ? toIso(user.lastLoginAt) : null,
    createdAt: toIso(user.createdAt),
  };
}
