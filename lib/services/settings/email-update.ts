import { z } from "zod";
import { saveSetting } from "@/db/stores/setting-changes";
import { MAIL_SETTINGS } from "@/lib/dispatch/send/loaded-channel";
import { splitSecrets } from "@/lib/secrets/config";
import { configInput } from "@/lib/services/channels/config";
import { defineVerb } from "@/lib/services/verb";
import { checkMailServer, MAIL_SECRETS, mailServerView, type StoredMailServer } from "./mail-server";

/** Sets the system mail server, or takes it away. */
export const settingsEmailUpdate = defineVerb({
  name: "settings.email.update",
  permission: "admin",
  changes: true,
  input: z.object({ config: configInput.nullable() }),
  async run({ audit }, { config }) {
    const stored = await saveSetting<StoredMailServer>(
      MAIL_SETTINGS,
      (known) => {
        if (!config) return null;
        const { plain, sealed } = splitSecrets(checkMailServer(known, config), MAIL_SECRETS);
        return { config: plain, secrets: sealed };
      },
      audit("settings", MAIL_SETTINGS, "Email", { config: config ? Object.keys(config) : null }),
    );
    return { config: mailServerView(stored) };
  },
});
