import { z } from "zod";
import { userById } from "@/db/queries/users";
import { setUserEnabled } from "@/db/stores/users";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { userView } from "./view";

const input = z.object({ id: idField });

/** Ends the person's sessions and keeps them out, until the account is enabled again. */
export const usersDisable = defineVerb({
  name: "users.disable",
  permission: "admin",
  changes: true,
  input,
  async run({ actor, audit }, { id }) {
    return userView(await setUserEnabled(id, false, audit("user", id, await nameOf(id))), actor);
  },
});

export const usersEnable = defineVerb({
  name: "users.enable",
  permission: "admin",
  changes: true,
  input,
  async run({ actor, audit }, { id }) {
    return userView(await setUserEnabled(id, true, audit("user", id, await nameOf(id))), actor);
  },
});

async function nameOf(id: string): Promise<string> {
  const user = await userById(id);
  if (!user) throw new AppError("not_found", "There is no such user.");
  return user.name;
}
