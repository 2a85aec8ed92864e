import { z } from "zod";
import { userById } from "@/db/queries/users";
import { setUserEnabled } from "@/db/stores/users";
import { AppError } from "@/lib/core/errors";
import { keepKeysField, settledKeysView } from "@/lib/services/api-keys/kept";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { userView } from "./view";

/** Ends the person's sessions and API keys and keeps them out, until the account is enabled again. */
export const usersDisable = defineVerb({
  name: "users.disable",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField, keepKeys: keepKeysField }),
  async run({ audit }, { id, keepKeys }) {
    const row = audit("user", id, await nameOf(id));
    const { user, keys } = await setUserEnabled(id, false, row, { keep: keepKeys });
    return { ...userView(user), ...settledKeysView(keys) };
  },
});

/** Lets the person sign in again. Revoked keys stay revoked, and who had not accepted an invitation needs a new one. */
export const usersEnable = defineVerb({
  name: "users.enable",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField }),
  async run({ audit }, { id }) {
    const { user } = await setUserEnabled(id, true, audit("user", id, await nameOf(id)));
    return userView(user);
  },
});

async function nameOf(id: string): Promise<string> {
  const user = await userById(id);
  if (!user) throw new AppError("not_found", "There is no such user.");
  return user.name;
}
