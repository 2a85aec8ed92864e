import { z } from "zod";
import { deleteProfile } from "@/db/stores/profiles";
import { AppError } from "@/lib/core/errors";
import { pluralize } from "@/lib/core/format-units";
import { listed } from "@/lib/services/channels/uses";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { requireProfile } from "./find";

/** Deletes a profile that no job follows; otherwise the error names the jobs that do. */
export const profilesDelete = defineVerb({
  name: "profiles.delete",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField }),
  async run({ audit }, { id }) {
    const { profile } = await requireProfile(id);
    const followers = await deleteProfile(id, audit("profile", id, profile.name));
    if (followers.length > 0) {
      const jobs = `${pluralize(followers.length, "job")} (${listed(followers)})`;
      throw new AppError(
        "conflict",
        `${profile.name} is in use by ${jobs}. Give ${followers.length === 1 ? "it" : "them"} another profile, or none, first.`,
      );
    }
    return { id };
  },
});
