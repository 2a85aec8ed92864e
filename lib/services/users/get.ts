import { z } from "zod";
import { locksOf, openInvitation, userById } from "@/db/queries/users";
import { toIso } from "@/lib/core/clock";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type UserView, userView } from "./view";

export interface UserDetail extends UserView {
  /** When the link that was sent expires; null when there is none that is valid, or for a caller who is no administrator. */
  invitationExpiresAt: string | null;
}

export const usersGet = defineVerb({
  name: "users.get",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  async run({ now }, { id }): Promise<UserDetail> {
    const user = await userById(id);
    if (!user) throw new AppError("not_found", "There is no such user.");
    const isLocked = (await locksOf([id], now)).length > 0;
    const invitation = user.status === "invited" ? await openInvitation(id, now) : null;
    return { ...userView(user, isLocked), invitationExpiresAt: toIso(invitation?.expiresAt ?? null) };
  },
});
