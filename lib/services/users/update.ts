import { z } from "zod";
import { userById } from "@/db/queries/users";
import { type UserChanges, type UserRow, updateAccount } from "@/db/stores/users";
import type { Actor } from "@/lib/auth/access/actor";
import { AppError } from "@/lib/core/errors";
import { hashPassword } from "@/lib/secrets/password";
import { keepKeysField, settledKeysView } from "@/lib/services/api-keys/kept";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { assertClients, clientIdsField } from "./client-ids";
import { assertGoodPassword, emailField, emailKeyOf, nameField, optionalPasswordField, roleField } from "./fields";
import { userView } from "./view";

export const usersUpdateInput = z.object({
  id: idField,
  name: nameField.optional(),
  email: emailField.optional(),
  role: roleField.optional(),
  clientIds: clientIdsField.optional(),
  /** A new password, which ends the person's sessions; blank keeps the old one. */
  password: optionalPasswordField,
  /** With a lower role. */
  keepKeys: keepKeysField,
});

/** Changes only what is named. A lower role revokes the API keys of the account; another address or a higher role voids an open invitation. */
export const usersUpdate = defineVerb({
  name: "users.update",
  permission: "admin",
  changes: true,
  input: usersUpdateInput,
  async run({ actor, audit }, { id, name, email, role, password, clientIds, keepKeys }) {
    const known = await userById(id);
    if (!known) throw new AppError("not_found", "There is no such user.");
    assertNotOwnCredentials(actor, known, { email, password });
    if (role !== undefined || clientIds !== undefined)
      await assertClients(role ?? known.role, clientIds === undefined ? known.clientIds : clientIds);
    if (password) await assertGoodPassword(password, { name: name ?? known.name, email: email ?? known.email });
    const changes: UserChanges = {
      ...(name !== undefined && { name }),
      ...(email !== undefined && { email, emailKey: emailKeyOf(email) }),
      ...(role !== undefined && { role }),
      ...(clientIds !== undefined && { clientIds }),
      ...(password && { passwordHash: await hashPassword(password) }),
    };
    const detail = { name, email, role, clientIds, ...(password && { password: "changed" }) };
    const row = audit("user", id, name ?? known.name, detail);
    const { user, keys } = await updateAccount(id, changes, row, { decision: { keep: keepKeys } });
    return { ...userView(user), ...settledKeysView(keys) };
  },
});

/** The profile changes them, which asks for the current password: an unlocked browser is not enough. */
function assertNotOwnCredentials(actor: Actor, known: UserRow, changes: { email?: string; password?: string }): void {
  if (actor.kind !== "user" || actor.id !== known.id) return;
  const sentence = "Change this on your profile, which asks for your current password.";
  const fields = {
    ...(changes.email !== undefined && changes.email !== known.email && { email: sentence }),
    ...(changes.password && { password: sentence }),
  };
  if (Object.keys(fields).length > 0) throw new AppError("invalid", "Some fields are invalid.", { fields });
}
