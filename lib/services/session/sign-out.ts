import { z } from "zod";
import { endSession } from "@/db/stores/sessions";
import { isAppError } from "@/lib/core/errors";
import { currentSession } from "@/lib/services/profile/own";
import { defineVerb } from "@/lib/services/verb";

/** Ends the session that the call comes by. One that was ended at the same moment is as good. */
export const sessionSignOut = defineVerb({
  name: "session.signOut",
  permission: "viewer",
  changes: true,
  input: z.object({}),
  async run({ actor, audit }) {
    const { userId, sessionId } = currentSession(actor);
    await endSession(userId, sessionId, audit("user", userId, actor.name)).catch((error: unknown) => {
      if (!isAppError(error) || error.code !== "not_found") throw error;
    });
    return { id: sessionId };
  },
});
