import { z } from "zod";
import { field } from "@/lib/core/form-field";
import { mailSender } from "@/lib/providers/kit/mail-address";
import { MAIL_PRESETS, MAIL_SECRETS, mailServerFields } from "@/lib/providers/kit/mail-server";
import { mailSignInFields, missingForSignIn } from "@/lib/providers/kit/mail-sign-in";
import { checkTlsPair } from "@/lib/providers/kit/tls-fields";
import { type Config, joinSecrets, maskSecrets } from "@/lib/secrets/config";
import { checkConfig, mergeConfig } from "@/lib/services/channels/config";

/** The system mail server as stored: the readable fields, and the sealed password. */
export interface StoredMailServer {
  config: Config;
  secrets: string | null;
}

/** The server fields of an Email channel; here the server is always custom. */
const { host, ...others } = mailServerFields;
// Metadata is inherited, so conditions of the channel form are overwritten.
const always = <S extends z.ZodType>(schema: S): S => schema.meta({ ...schema.meta(), showWhen: undefined }) as S;

export const mailServerSchema = z
  .object({
    host: field(host.unwrap().min(1, "Enter the mail server's host."), {
      label: "Host",
      placeholder: "smtp.example.org",
    }),
    port: always(others.port),
    security: always(others.security),
    ...mailSignInFields,
    heloName: always(others.heloName),
    acceptAnyCertificate: always(others.acceptAnyCertificate),
    tlsCa: always(others.tlsCa),
    tlsCert: always(others.tlsCert),
    tlsKey: always(others.tlsKey),
    from: field(mailSender, {
      label: "From",
      help: "The sender of invitations, of the mail to administrators, and of Email channels that name none",
      placeholder: "Backups <backups@example.org>",
    }),
  })
  .superRefine(checkTlsPair)
  .superRefine((value, context) => {
    for (const { field: path, message } of missingForSignIn(value)) {
      context.addIssue({ code: "custom", path: [path], message });
    }
  });

export { MAIL_PRESETS, MAIL_SECRETS };

/**
 * Merges the given fields into the stored ones, as a channel does, and validates the result.
 * @throws AppError `invalid`, each issue beside its field as `config.host`
 */
export function checkMailServer(stored: StoredMailServer | null, incoming: Config): Config {
  const kind = { configSchema: mailServerSchema, secretFields: MAIL_SECRETS };
  return checkConfig(kind, mergeConfig(kind, openMailServer(stored), incoming));
}

/** With the password; without it when it cannot be decrypted, so that it can be entered again. */
function openMailServer(stored: StoredMailServer | null): Config {
  if (!stored) return {};
  try {
    return joinSecrets(stored.config, stored.secrets);
  } catch {
    return joinSecrets(stored.config, null);
  }
}

/** The settings for the form: the password is `{ stored: true }`. */
export function mailServerView(stored: StoredMailServer | null): Config | null {
  return stored ? maskSecrets(stored.config, MAIL_SECRETS) : null;
}
