import { z } from "zod";
import { updateAccount } from "@/db/stores/users";
import { hashToken, newToken } from "@/lib/core/token";
import { hashPassword } from "@/lib/secrets/password";
import { assertGoodPassword, newPasswordField, passwordField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { assertCurrentPassword } from "./current-password";
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
    await assertGoodPassword(password, user);
    await assertCurrentPassword(user, current, actor);
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
