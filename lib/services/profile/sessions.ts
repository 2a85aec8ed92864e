import { z } from "zod";
import { sessionsOfUser } from "@/db/queries/sessions";
import { endSession, endSessions } from "@/db/stores/sessions";
import { toIso } from "@/lib/core/clock";
import { SESSION_MAX_MS, type SignInMethod } from "@/lib/core/session";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { currentSession, ownAccount } from "./own";

/** One place where a person is signed in. */
export interface SessionView {
  id: string;
  /** The browser and its system, as in `Firefox on Linux`; null when it did not say. */
  device: string | null;
  /** Where it was last used from. */
  address: string | null;
  method: SignInMethod;
  createdAt: string;
  /** Within a minute. */
  lastSeenAt: string;
  expiresAt: string;
  /** The one that this call comes by. */
  isCurrent: boolean;
}

/** The caller's sessions, the last used first. */
export const profileSessions = defineVerb({
  name: "profile.sessions",
  permission: "viewer",
  changes: false,
  input: z.object({}),
  async run({ actor, now }): Promise<{ items: SessionView[] }> {
    const { id: userId } = await ownAccount(actor);
    const currentId = actor.kind === "user" ? actor.sessionId : undefined;
    const rows = await sessionsOfUser(userId, now - SESSION_MAX_MS);
    return {
      items: rows.map(({ id, device, address, method, createdAt, lastSeenAt }) => ({
        id,
        device,
        address,
        method,
        createdAt: toIso(createdAt),
        lastSeenAt: toIso(lastSeenAt),
        expiresAt: toIso(createdAt + SESSION_MAX_MS),
        isCurrent: id === currentId,
      })),
    };
  },
});

/** Ends one of the caller's sessions. */
export const profileEndSession = defineVerb({
  name: "profile.endSession",
  permission: "viewer",
  changes: true,
  input: z.object({ id: idField }),
  async run({ actor, audit }, { id }) {
    const user = await ownAccount(actor);
    await endSession(user.id, id, audit("user", user.id, user.name, { session: id }));
    return { id };
  },
});

/** Ends all of the caller's sessions but the one that the call comes by. */
export const profileEndOtherSessions = defineVerb({
  name: "profile.endOtherSessions",
  permission: "viewer",
  changes: true,
  input: z.object({}),
  async run({ actor, audit }) {
    const { userId, sessionId } = currentSession(actor);
    return { ended: await endSessions(userId, { id: sessionId }, audit("user", userId, actor.name)) };
  },
});
