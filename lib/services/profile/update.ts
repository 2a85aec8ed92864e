import { z } from "zod";
import { type UserChanges, type UserRow, updateAccount } from "@/db/stores/users";
import type { Actor } from "@/lib/auth/access/actor";
import { hasRole } from "@/lib/auth/access/permission";
import { AppError } from "@/lib/core/errors";
import { emailField, emailKeyOf, nameField, passwordField, timezoneField } from "@/lib/services/users/fields";
import { userView } from "@/lib/services/users/view";
import { defineVerb } from "@/lib/services/verb";
import { assertCurrentPassword } from "./current-password";
import { ownAccount } from "./own";

/**
 * Changes only what is named. A blank time zone means the installation's. Another mail address needs the current password,
 * and is for administrators: to anyone else the answer would say which addresses have an account.
 */
export const profileUpdate = defineVerb({
  name: "profile.update",
  permission: "viewer",
  changes: true,
  input: z.object({
    name: nameField.optional(),
    email: emailField.optional(),
    /** With another mail address. */
    current: passwordField.optional(),
    timezone: z
      .union([z.literal("").transform(() => null), timezoneField])
      .nullable()
      .optional(),
  }),
  async run({ actor, audit }, { name, email, current, timezone }) {
    const user = await ownAccount(actor);
    if (email !== undefined && email !== user.email) await assertMayChangeAddress(user, current, actor);
    const changes: UserChanges = {
      ...(name !== undefined && { name }),
      ...(email !== undefined && { email, emailKey: emailKeyOf(email) }),
      ...(timezone !== undefined && { timezone }),
    };
    const row = audit("user", user.id, name ?? user.name, { name, email, timezone });
    return userView((await updateAccount(user.id, changes, row)).user);
  },
});

async function assertMayChangeAddress(user: UserRow, current: string | undefined, actor: Actor): Promise<void> {
  if (!hasRole(actor, "admin")) {
    const sentence = "Only an administrator changes mail addresses. Ask one to change yours.";
    throw new AppError("forbidden", sentence, { fields: { email: sentence } });
  }
  if (!current) {
    const fields = { current: "Enter your current password to change the mail address." };
    throw new AppError("invalid", "Some fields are invalid.", { fields });
  }
  await assertCurrentPassword(user, current, actor);
}
