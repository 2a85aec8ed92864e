import { z } from "zod";
import { settingValue } from "@/db/queries/dispatch";
import { GENERAL_SETTINGS } from "@/lib/dispatch/send/installation";
import { defineVerb } from "@/lib/services/verb";
import { generalSettings } from "./general";

/** Readable for operators too: restoring asks for the folder. */
export const settingsGeneralGet = defineVerb({
  name: "settings.general.get",
  permission: "operator",
  changes: false,
  input: z.object({}),
  async run() {
    return generalSettings(await settingValue(GENERAL_SETTINGS));
  },
});
