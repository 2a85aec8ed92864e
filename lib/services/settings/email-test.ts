import { z } from "zod";
import { settingValue } from "@/db/queries/dispatch";
import { MAIL_SETTINGS } from "@/db/stores/system-mail-settings";
import { AppError } from "@/lib/core/errors";
import { recipientsIn } from "@/lib/core/secret-recipients";
import { testDraft } from "@/lib/dispatch/send/send-test";
import { mailProvider } from "@/lib/providers/registry";
import { configInput } from "@/lib/services/channels/config";
import { sentOrThrow, type TestSent } from "@/lib/services/channels/test-outcome";
import { emailField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { checkMailServer, mailServerSchema, type StoredMailServer } from "./mail-server";

/** Sends a real mail through the server on the form, on the path that Email channels use. */
export const settingsEmailTest = defineVerb({
  name: "settings.email.test",
  permission: "admin",
  changes: false,
  records: {
    does: "sends",
    entity: "settings",
    async subject({ config, to }) {
      const stored = await settingValue<StoredMailServer>(MAIL_SETTINGS);
      const server = recipientsIn(mailServerSchema, { ...stored?.config, ...config });
      return { id: MAIL_SETTINGS, name: "Email", detail: { ...server, to } };
    },
  },
  input: z.object({
    /** As on the form; what is stored when left out. */
    config: configInput.default({}),
    /** The caller's own address when left out. */
    to: emailField.optional(),
  }),
  async run({ actor }, { config, to }): Promise<TestSent> {
    const address = to ?? (actor.kind === "user" ? actor.email : undefined);
    if (!address) {
      throw new AppError("invalid", "Some fields are invalid.", {
        fields: { to: "Enter the address to send to." },
      });
    }
    const server = checkMailServer(await settingValue<StoredMailServer>(MAIL_SETTINGS), config);
    const draft = { name: "System mail server", provider: mailProvider().id, config: { ...server, to: [address] } };
    return sentOrThrow(await testDraft(draft, address), true);
  },
});
