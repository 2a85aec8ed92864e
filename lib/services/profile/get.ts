import { z } from "zod";
import { defineVerb } from "@/lib/services/verb";
import { accountOfCaller } from "./own";
import { ownAccountView } from "./view";

export const profileGet = defineVerb({
  name: "profile.get",
  permission: "viewer",
  changes: false,
  input: z.object({}),
  async run({ actor }) {
    return ownAccountView(await accountOfCaller(actor));
  },
});
