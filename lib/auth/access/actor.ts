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
    }
  | { kind: "api_key"; id: string; name: string; role: Role; address: string | null }
  /** The command line on the server itself. */
  | { kind: "command"; id: null; name: string; role: "admin"; address: "local" | null }
  /** The program for its own account. */
  | { kind: "system"; id: null; name: string; role: "admin"; address: null };

/** An actor, or null for an anonymous caller. */
export type MaybeActor = Actor | null;

export const systemActor: Actor = { kind: "system", id: null, name: "Belfry", role: "admin", address: null };
