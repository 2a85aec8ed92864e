import { z } from "zod";
import { userById } from "@/db/queries/users";
import { deleteAccount } from "@/db/stores/users";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";

/** Deletes the account permanently; history keeps its name. */
export const usersDelete = defineVerb({
  name: "users.delete",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField }),
  async run({ audit }, { id }) {
    const user = await userById(id);
    if (!user) throw new AppError("not_found", "There is no such user.");
    await deleteAccount(id, audit("user", id, user.name, { email: user.email, role: user.role }));
    return { id };
  },
});
