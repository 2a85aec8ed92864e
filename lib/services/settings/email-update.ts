import { z } from "zod";
import { settingLocks, writeSetting } from "@/db/stores/setting-changes";
import { readSetting } from "@/db/stores/settings";
import { transact } from "@/db/transact";
import { MAIL_SETTINGS } from "@/lib/dispatch/send/loaded-channel";
import { splitSecrets } from "@/lib/secrets/config";
import { configInput } from "@/lib/services/channels/config";
import { defineVerb } from "@/lib/services/verb";
import { checkMailServer, MAIL_SECRETS, mailServerView, type StoredMailServer } from "./mail-server";

/** Sets the system mail server, or removes it. */
export const settingsEmailUpdate = defineVerb({
  name: "settings.email.update",
  permission: "admin",
  changes: true,
  input: z.object({ config: configInput.nullable() }),
  async run({ audit }, { config }) {
    const detail = { config: config ? Object.keys(config) : null };
    const stored = await transact(settingLocks(MAIL_SETTINGS), function* (tx) {
      const known = yield* readSetting<StoredMailServer>(tx, MAIL_SETTINGS);
      const next = config ? sealedServer(known, config) : null;
      yield* writeSetting(tx, MAIL_SETTINGS, next, audit("settings", MAIL_SETTINGS, "Email", detail));
      return next;
    });
    return { config: mailServerView(stored) };
  },
});

function sealedServer(known: StoredMailServer | null, config: z.output<typeof configInput>): StoredMailServer {
  const { plain, sealed } = splitSecrets(checkMailServer(known, config), MAIL_SECRETS);
  return { config: plain, secrets: sealed };
}
