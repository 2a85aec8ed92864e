import { z } from "zod";
import { allProfiles } from "@/db/queries/profiles";
import { defineVerb } from "@/lib/services/verb";
import { profileViews } from "./view";

/** Every profile by name with its rules: for the form of a job, which shows those that it would follow. */
export const profilesOptions = defineVerb({
  name: "profiles.options",
  permission: "viewer",
  changes: false,
  input: z.object({}),
  run: async () => profileViews(await allProfiles()),
});
