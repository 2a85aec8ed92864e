import { z } from "zod";
import { settingLocks } from "@/db/stores/setting-changes";
import { readSetting } from "@/db/stores/settings";
import { writeSystemMail } from "@/db/stores/system-mail";
import { ADMIN_MAIL_SETTINGS, MAIL_SETTINGS } from "@/db/stores/system-mail-settings";
import { transact } from "@/db/transact";
import { AppError } from "@/lib/core/errors";
import { limitedRecord } from "@/lib/core/limited-record";
import { type AdminMail, readAdminMail, storedSwitches } from "@/lib/dispatch/plan/admin-mail";
import { SUBSCRIBABLE_EVENTS } from "@/lib/events/catalog";
import { splitSecrets } from "@/lib/secrets/config";
import { configInput } from "@/lib/services/channels/config";
import { defineVerb } from "@/lib/services/verb";
import { checkMailServer, MAIL_SECRETS, mailServerView, type StoredMailServer } from "./mail-server";

/** Sets the system mail server or removes it, and what is mailed to all administrators: only what is given changes. */
export const settingsEmailUpdate = defineVerb({
  name: "settings.email.update",
  permission: "admin",
  changes: true,
  input: z.object({
    /** Null removes the server. */
    config: configInput.nullable().optional(),
    /** By event type. */
    mailAdmins: limitedRecord(z.string().max(64), z.boolean(), 200).optional(),
  }),
  async run({ audit }, { config, mailAdmins }) {
    assertKnownEvents(mailAdmins);
    const detail = {
      ...(config !== undefined && { config: config ? Object.keys(config) : null }),
      ...(mailAdmins && { mailAdmins }),
    };
    // Of every change of this tab, in one order.
    const locks = [...settingLocks(ADMIN_MAIL_SETTINGS), ...settingLocks(MAIL_SETTINGS)];
    return await transact(locks, function* (tx) {
      const known = yield* readSetting<StoredMailServer>(tx, MAIL_SETTINGS);
      const switches = storedSwitches(yield* readSetting(tx, ADMIN_MAIL_SETTINGS));
      const server = config ? sealedServer(known, config) : config;
      const adminMail: AdminMail = { ...switches, ...mailAdmins };
      const changes = { ...(server !== undefined && { server }), ...(mailAdmins && { adminMail }) };
      yield* writeSystemMail(tx, changes, audit("settings", MAIL_SETTINGS, "Email", detail));
      return {
        config: mailServerView(server === undefined ? known : server),
        mailAdmins: readAdminMail(adminMail),
      };
    });
  },
});

/** @throws AppError `invalid`, each at its own name */
function assertKnownEvents(mailAdmins: AdminMail = {}): void {
  const unknown = Object.keys(mailAdmins).filter((given) => !SUBSCRIBABLE_EVENTS.some(({ type }) => type === given));
  if (unknown.length === 0) return;
  const fields = Object.fromEntries(unknown.map((type) => [`mailAdmins.${type}`, "There is no such event."]));
  throw new AppError("invalid", "Some settings are invalid.", { fields });
}

function sealedServer(known: StoredMailServer | null, config: z.output<typeof configInput>): StoredMailServer {
  const { plain, sealed } = splitSecrets(checkMailServer(known, config), MAIL_SECRETS);
  return { config: plain, secrets: sealed };
}
