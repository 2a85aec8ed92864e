import { z } from "zod";
import { field } from "../contract";
import { mailAddress, mailSender } from "../kit/mail-address";
import { mailServerFields } from "../kit/mail-server";
import { mailSignInFields, missingForSignIn } from "../kit/mail-sign-in";
import { checkTlsPair } from "../kit/tls-fields";

/** A field that shows only while the channel does not use the system mail server. */
function customServer<S extends z.ZodType>(schema: S): S {
  return schema.meta({ ...schema.meta(), showWhen: { field: "useSystemServer", is: [false] } }) as S;
}

const { signIn, user, ...credentials } = mailSignInFields;

export const emailConfig = () =>
  z
    .object({
      useSystemServer: field(z.boolean().default(false), {
        label: "Use the system mail server",
        help: "The server from Settings → Email",
        widget: "switch",
      }),
      host: customServer(mailServerFields.host),
      port: customServer(mailServerFields.port),
      security: customServer(mailServerFields.security),
      signIn: customServer(signIn),
      user: customServer(user),
      // Each shows with its sign-in, which shows with the channel's own server.
      ...credentials,
      heloName: customServer(mailServerFields.heloName),
      acceptAnyCertificate: customServer(mailServerFields.acceptAnyCertificate),
      tlsCa: customServer(mailServerFields.tlsCa),
      tlsCert: customServer(mailServerFields.tlsCert),
      tlsKey: customServer(mailServerFields.tlsKey),
      from: field(z.union([z.literal(""), mailSender]).optional(), {
        label: "From",
        help: "With the system mail server, empty means its own sender",
        placeholder: "Backups <backups@example.org>",
      }),
      to: field(z.array(mailAddress).max(50, "At most 50 addresses.").optional(), {
        label: "To",
        help: "One mail to all of these addresses",
        widget: "list",
      }),
      toAdmins: field(z.boolean().default(false), {
        label: "To all administrators",
        help: "Each gets a separate mail, in their own time zone",
        widget: "switch",
      }),
      replyTo: field(z.union([z.literal(""), mailSender]).optional(), { label: "Reply-To", advanced: true }),
    })
    .superRefine(checkTlsPair)
    .superRefine((value, context) => {
      const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
      if (!value.useSystemServer && !value.host)
        refuse("host", "Enter the mail server's host, or use the system mail server.");
      if (!value.useSystemServer) for (const one of missingForSignIn(value)) refuse(one.field, one.message);
      if (!value.useSystemServer && !value.from) refuse("from", "Enter the sender's address.");
      if (!value.to?.length && !value.toAdmins)
        refuse("to", "Enter at least one address, or send to all administrators.");
    });
