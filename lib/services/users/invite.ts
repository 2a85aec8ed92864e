import { z } from "zod";
import { userById } from "@/db/queries/users";
import { replaceInvitation } from "@/db/stores/users";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { originField } from "./fields";
import { deliverInvitation, type InvitationOutcome, makeInvitation } from "./invitation";

/** Sends a new invitation to someone who has not used the last one; earlier links are void. */
export const usersInvite = defineVerb({
  name: "users.invite",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField, origin: originField }),
  async run({ now, audit }, { id, origin }): Promise<{ invitation: InvitationOutcome }> {
    const known = await userById(id);
    if (!known) throw new AppError("not_found", "There is no such user.");
    const { row, url } = await makeInvitation(id, now, origin);
    const user = await replaceInvitation(id, row, audit("user", id, known.name));
    return { invitation: await deliverInvitation(user, url, null) };
  },
});
