import { z } from "zod";
import { userById } from "@/db/queries/users";
import { deleteAccount } from "@/db/stores/users";
import { AppError } from "@/lib/core/errors";
import { keepKeysField, settledKeysView } from "@/lib/services/api-keys/kept";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";

/** Deletes the account permanently and revokes its API keys; history keeps its name. */
export const usersDelete = defineVerb({
  name: "users.delete",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField, keepKeys: keepKeysField }),
  async run({ audit }, { id, keepKeys }) {
    const user = await userById(id);
    if (!user) throw new AppError("not_found", "There is no such user.");
    const row = audit("user", id, user.name, { email: user.email, role: user.role });
    return { id, ...settledKeysView(await deleteAccount(id, row, { keep: keepKeys })) };
  },
});
