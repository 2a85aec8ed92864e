import { z } from "zod";
import { insertProfile } from "@/db/stores/profiles";
import { newId } from "@/lib/core/id";
import { checkProfileRules } from "@/lib/services/jobs/check";
import { ruleColumns } from "@/lib/services/jobs/mapping";
import { notificationsField } from "@/lib/services/jobs/rule-fields";
import { nameField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { requireProfile } from "./find";
import { profileView } from "./view";

export const profilesCreate = defineVerb({
  name: "profiles.create",
  permission: "admin",
  changes: true,
  input: z.object({
    name: nameField,
    /** New jobs follow it; the profile that was the default before is not any more. */
    isDefault: z.boolean().default(false),
    notifications: notificationsField.default([]),
  }),
  async run({ now, audit }, { name, isDefault, notifications }) {
    await checkProfileRules(notifications);
    const id = newId("prf");
    const rules = ruleColumns(notifications).map((rule) => ({ ...rule, profileId: id }));
    const detail = { isDefault, rules: rules.length };
    await insertProfile(
      { id, name, isDefault, createdAt: now, updatedAt: now },
      rules,
      audit("profile", id, name, detail),
    );
    return profileView(await requireProfile(id));
  },
});
