import { z } from "zod";
import { userView } from "@/lib/services/users/view";
import { defineVerb } from "@/lib/services/verb";
import { ownAccount } from "./own";

export const profileGet = defineVerb({
  name: "profile.get",
  permission: "viewer",
  changes: false,
  input: z.object({}),
  async run({ actor }) {
    return userView(await ownAccount(actor));
  },
});
