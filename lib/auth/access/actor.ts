import type { Role } from "@/lib/core/role";

/** The caller of a verb. */
export type Actor =
  | {
      kind: "user";
      id: string;
      name: string;
      email: string;
      role: Role;
      timezone: string | null;
      address: string | null;
      /** The session that the call came by; absent where a call does not come by one. */
      sessionId?: string;
      /** The clients that the account is limited to; null or absent: it sees whatever its role does. */
      clientIds?: readonly string[] | null;
    }
  | { kind: "api_key"; id: string; name: string; role: Role; address: string | null }
  /** The command line on the server itself. */
  | { kind: "command"; id: null; name: string; role: "admin"; address: "local" | null }
  /** The program for its own account. */
  | { kind: "system"; id: null; name: string; role: "admin"; address: null };

/** An actor, or null for an anonymous caller. */
export type MaybeActor = Actor | null;

export const systemActor: Actor = { kind: "system", id: null, name: "Belfry", role: "admin", address: null };

/** The clients that an actor is limited to: of nothing else it sees jobs, runs, alerts and notifications. Null: no limit. */
export function clientsOf(actor: MaybeActor): readonly string[] | null {
  return actor?.kind === "user" ? (actor.clientIds ?? null) : null;
}
