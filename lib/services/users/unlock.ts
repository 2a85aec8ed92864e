import { z } from "zod";
import { guardsOfUser, userById } from "@/db/queries/users";
import { unlockUserChange } from "@/db/stores/login-guards";
import { AppError } from "@/lib/core/errors";
import { emit } from "@/lib/dispatch/emit";
import { idField } from "@/lib/services/page";
import { lockDraft } from "@/lib/services/session/lock-draft";
import { defineVerb } from "@/lib/services/verb";

/** Lets the person try again at once, from every address. */
export const usersUnlock = defineVerb({
  name: "users.unlock",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField }),
  async run({ now, audit }, { id }) {
    const user = await userById(id);
    if (!user) throw new AppError("not_found", "There is no such user.");
    let lifted = 0;
    for (const guard of await guardsOfUser(id)) {
      const draft = { ...lockDraft(guard, user, now), status: "resolved" as const };
      const event = await emit(
        draft,
        unlockUserChange(guard.key, audit("user", id, user.name, { address: draft.data.address })),
      );
      if (event) lifted++;
    }
    return { id, lifted };
  },
});
