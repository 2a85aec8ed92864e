import { z } from "zod";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { requireProfile } from "./find";
import { profileView } from "./view";

export const profilesGet = defineVerb({
  name: "profiles.get",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  run: async (_, { id }) => profileView(await requireProfile(id)),
});
