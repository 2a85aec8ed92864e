import { AppError } from "@/lib/core/errors";
import { includesRole, type Role } from "@/lib/core/role";
import type { Actor, MaybeActor } from "./actor";

/** The lowest role that may call a verb; `anyone` needs no account (setup, sign-in, health). */
export type Permission = Role | "anyone";

export function hasRole(actor: MaybeActor, least: Role): actor is Actor {
  return actor !== null && includesRole(actor.role, least);
}

/** The higher of two roles. */
export function highest(a: Role, b: Role): Role {
  return includesRole(a, b) ? a : b;
}

/**
 * Lets the actor through or throws.
 * @throws AppError `unauthenticated` for an anonymous caller, `forbidden` for a role that is too low
 */
export function requirePermission(actor: MaybeActor, permission: Permission): void {
  if (permission === "anyone") return;
  if (!actor) throw new AppError("unauthenticated", "Sign in, or send an API key.");
  if (!includesRole(actor.role, permission)) {
    throw new AppError("forbidden", `This needs the role ${permission}; yours is ${actor.role}.`);
  }
}
