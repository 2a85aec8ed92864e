import { z } from "zod";
import { updateProfile } from "@/db/stores/profiles";
import { checkProfileRules } from "@/lib/services/jobs/check";
import { ruleColumns } from "@/lib/services/jobs/mapping";
import { notificationsField } from "@/lib/services/jobs/rule-fields";
import { idField } from "@/lib/services/page";
import { nameField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { requireProfile } from "./find";
import { profileView } from "./view";

/** Changes only what is named; the rules as a whole. Every job that follows the profile goes by it from the next event on. */
export const profilesUpdate = defineVerb({
  name: "profiles.update",
  permission: "admin",
  changes: true,
  input: z.object({
    id: idField,
    name: nameField.optional(),
    isDefault: z.boolean().optional(),
    notifications: notificationsField.optional(),
  }),
  async run({ audit }, { id, notifications, ...change }) {
    const { profile } = await requireProfile(id);
    if (notifications) await checkProfileRules(notifications);
    const rules = notifications && ruleColumns(notifications).map((rule) => ({ ...rule, profileId: id }));
    const detail = { ...change, notifications };
    await updateProfile(id, change, rules, audit("profile", id, change.name ?? profile.name, detail));
    return profileView(await requireProfile(id));
  },
});
