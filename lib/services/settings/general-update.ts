import { z } from "zod";
import { saveSetting } from "@/db/stores/setting-changes";
import { GENERAL_SETTINGS } from "@/lib/dispatch/send/installation";
import { absolutePath } from "@/lib/jobs/config-fields";
import { timezoneField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { generalSettings, type StoredGeneral } from "./general";

/** Changes only what is named. */
export const settingsGeneralUpdate = defineVerb({
  name: "settings.general.update",
  permission: "admin",
  changes: true,
  input: z.object({
    timezone: timezoneField.optional(),
    /** Null or blank: the folder `restores` in the data folder. */
    restoreFolder: z.union([z.literal("").transform(() => null), z.null(), absolutePath]).optional(),
    retentionDays: z
      .int("Enter a whole number of days.")
      .min(1, "Keep things for at least one day.")
      .max(3650, "At most ten years: 3,650 days.")
      .optional(),
  }),
  async run({ audit }, changes) {
    const named = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    const stored = await saveSetting<StoredGeneral>(
      GENERAL_SETTINGS,
      (known) => ({ ...known, ...named }),
      audit("settings", GENERAL_SETTINGS, "General", named),
    );
    return generalSettings(stored);
  },
});
