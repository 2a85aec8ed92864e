import { z } from "zod";
import { updateAccount } from "@/db/stores/users";
import { AppError, isAppError } from "@/lib/core/errors";
import { hashPassword } from "@/lib/secrets/password";
import { hashToken, newToken } from "@/lib/secrets/token";
import { checkOwnPassword } from "@/lib/services/session/check-password";
import { assertGoodPassword, newPasswordField, passwordField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { ownAccount } from "./own";

/**
 * Changes the own password, given the current one; wrong ones count and lock as at sign-in. Every other session ends, and
 * this one gets a new token, which the caller seals into the cookie.
 */
export const profilePassword = defineVerb({
  name: "profile.password",
  permission: "viewer",
  changes: true,
  input: z.object({ current: passwordField.min(1, "Enter your current password."), password: newPasswordField }),
  async run({ actor, audit }, { current, password }) {
    const user = await ownAccount(actor);
    assertGoodPassword(password, user.email);
    try {
      await checkOwnPassword(user, current, actor.address);
    } catch (error) {
      if (!isAppError(error) || error.code !== "unauthenticated") throw error;
      throw new AppError("invalid", "Some fields are invalid.", {
        fields: { current: "This is not your password." },
      });
    }
    const passwordHash = await hashPassword(password);
    const sessionToken = newToken();
    const sessionId = actor.kind === "user" ? actor.sessionId : undefined;
    await updateAccount(
      user.id,
      { passwordHash },
      audit("user", user.id, user.name, { password: "changed" }),
      sessionId === undefined ? {} : { session: { id: sessionId, tokenHash: hashToken(sessionToken) } },
    );
    return { id: user.id, sessionToken };
  },
});
