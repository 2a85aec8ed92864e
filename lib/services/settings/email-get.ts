import { z } from "zod";
import { settingValue } from "@/db/queries/dispatch";
import { describeForm } from "@/lib/core/form-limits";
import { MAIL_SETTINGS } from "@/lib/dispatch/send/loaded-channel";
import { defineVerb } from "@/lib/services/verb";
import { MAIL_PRESETS, mailServerSchema, mailServerView, type StoredMailServer } from "./mail-server";

/** The system mail server, with the form that changes it. */
export const settingsEmailGet = defineVerb({
  name: "settings.email.get",
  permission: "admin",
  changes: false,
  input: z.object({}),
  async run() {
    return {
      /** Null while none is set. */
      config: mailServerView(await settingValue<StoredMailServer>(MAIL_SETTINGS)),
      // Spread: zod hangs a hidden object with methods on it, which cannot travel to a browser.
      schema: describeForm(mailServerSchema),
      presets: MAIL_PRESETS,
    };
  },
});
