import { z } from "zod";
import { addressTaken, insertUserChange, type UserRow } from "@/db/stores/users";
import { newId } from "@/lib/core/id";
import { INVITATION_PURPOSE } from "@/lib/core/invitation-mark";
import { emit } from "@/lib/dispatch/emit";
import { userCreated } from "@/lib/events/user-created";
import { hashPassword } from "@/lib/secrets/password";
import { seal } from "@/lib/secrets/seal";
import { defineVerb } from "@/lib/services/verb";
import { assertClients, clientIdsField } from "./client-ids";
import {
  assertGoodPassword,
  emailField,
  emailKeyOf,
  nameField,
  newPasswordField,
  originField,
  roleField,
} from "./fields";
import { deliverInvitation, type InvitationOutcome, makeInvitation } from "./invitation";
import { type UserView, userView } from "./view";

export const usersCreateInput = z.object({
  name: nameField,
  email: emailField,
  role: roleField,
  /** Without one, the person gets an invitation by mail and chooses it. */
  password: newPasswordField.optional(),
  clientIds: clientIdsField.optional(),
  origin: originField,
});

export interface UserCreated extends UserView {
  /** Null when the account was created with a password. */
  invitation: InvitationOutcome | null;
}

export const usersCreate = defineVerb({
  name: "users.create",
  permission: "admin",
  changes: true,
  input: usersCreateInput,
  async run({ actor, now, audit }, { name, email, role, password, clientIds, origin }): Promise<UserCreated> {
    await assertClients(role, clientIds ?? null);
    if (password) await assertGoodPassword(password, { name, email });
    const id = newId("usr");
    const invitation = password ? null : await makeInvitation(id, now, origin);
    const user: UserRow = {
      id,
      name,
      email,
      emailKey: emailKeyOf(email),
      role,
      status: password ? "active" : "invited",
      passwordHash: password ? await hashPassword(password) : null,
      sessionVersion: 1,
      timezone: null,
      lastLoginAt: null,
      inbox: null,
      quietHours: null,
      reports: null,
      clientIds: clientIds ?? null,
      createdAt: now,
      updatedAt: now,
    };
    const event = await emit(
      userCreated.draft({
        subject: { kind: "user", id, name },
        data: {
          user: { id, name, email },
          role,
          actorName: actor.name,
          ...(invitation && { invitation: seal(invitation.url, INVITATION_PURPOSE) }),
        },
        at: now,
      }),
      insertUserChange(
        user,
        invitation?.row ?? null,
        audit("user", id, name, { email, role, clientIds, invited: invitation !== null }),
      ),
    );
    if (!event) throw addressTaken();
    return {
      ...userView(user),
      invitation: invitation ? await deliverInvitation(user, invitation.url, event.id) : null,
    };
  },
});
