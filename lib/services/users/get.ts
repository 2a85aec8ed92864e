import { z } from "zod";
import { locksOf, userById } from "@/db/queries/users";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { userView } from "./view";

export const usersGet = defineVerb({
  name: "users.get",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  async run({ actor, now }, { id }) {
    const user = await userById(id);
    if (!user) throw new AppError("not_found", "There is no such user.");
    return userView(user, actor, (await locksOf([id], now)).length > 0);
  },
});
