import { z } from "zod";
import { userById } from "@/db/queries/users";
import { endSessions } from "@/db/stores/sessions";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";

/** Ends every session of a user, who may sign in again. */
export const usersSignOut = defineVerb({
  name: "users.signOut",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField }),
  async run({ audit }, { id }) {
    const user = await userById(id);
    if (!user) throw new AppError("not_found", "There is no such user.");
    return { id, ended: await endSessions(id, undefined, audit("user", id, user.name)) };
  },
});
