import { z } from "zod";
import { settingValue } from "@/db/queries/dispatch";
import { GENERAL_SETTINGS } from "@/lib/dispatch/send/installation";
import { defineVerb } from "@/lib/services/verb";
import { generalSettings } from "./general";

/** The installation's time zone, for users without one of their own. */
export const settingsTimezoneGet = defineVerb({
  name: "settings.timezone.get",
  permission: "viewer",
  changes: false,
  input: z.object({}),
  async run() {
    return { timezone: generalSettings(await settingValue(GENERAL_SETTINGS)).timezone };
  },
});
