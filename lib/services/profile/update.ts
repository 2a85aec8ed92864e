import { z } from "zod";
import { type UserChanges, updateAccount } from "@/db/stores/users";
import { emailField, emailKeyOf, nameField, timezoneField } from "@/lib/services/users/fields";
import { userView } from "@/lib/services/users/view";
import { defineVerb } from "@/lib/services/verb";
import { ownAccount } from "./own";

/** Changes only what is named. A blank time zone means the installation's. */
export const profileUpdate = defineVerb({
  name: "profile.update",
  permission: "viewer",
  changes: true,
  input: z.object({
    name: nameField.optional(),
    email: emailField.optional(),
    timezone: z
      .union([z.literal("").transform(() => null), timezoneField])
      .nullable()
      .optional(),
  }),
  async run({ actor, audit }, { name, email, timezone }) {
    const user = await ownAccount(actor);
    const changes: UserChanges = {
      ...(name !== undefined && { name }),
      ...(email !== undefined && { email, emailKey: emailKeyOf(email) }),
      ...(timezone !== undefined && { timezone }),
    };
    const row = audit("user", user.id, name ?? user.name, { name, email, timezone });
    return userView((await updateAccount(user.id, changes, row)).user, actor);
  },
});
