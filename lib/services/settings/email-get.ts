import { z } from "zod";
import { settingValue } from "@/db/queries/dispatch";
import { ADMIN_MAIL_SETTINGS, MAIL_SETTINGS } from "@/db/stores/system-mail-settings";
import { describeForm } from "@/lib/core/form-limits";
import { readAdminMail } from "@/lib/dispatch/plan/admin-mail";
import { defineVerb } from "@/lib/services/verb";
import { MAIL_PRESETS, mailServerSchema, mailServerView, type StoredMailServer } from "./mail-server";
import { systemMailHealth } from "./system-mail-health";

/** The system mail server with the form that changes it, and what is mailed to all administrators. */
export const settingsEmailGet = defineVerb({
  name: "settings.email.get",
  permission: "admin",
  changes: false,
  input: z.object({}),
  async run() {
    const [stored, switches, health] = await Promise.all([
      settingValue<StoredMailServer>(MAIL_SETTINGS),
      settingValue(ADMIN_MAIL_SETTINGS),
      systemMailHealth(),
    ]);
    return {
      /** Null while none is set. */
      config: mailServerView(stored),
      /** By event type, complete. */
      mailAdmins: readAdminMail(switches),
      /** How the server takes that mail; null while none is set. */
      health: stored ? health : null,
      // Spread: zod hangs a hidden object with methods on it, which cannot travel to a browser.
      schema: describeForm(mailServerSchema),
      presets: MAIL_PRESETS,
    };
  },
});
