import { textBefore } from "@/lib/core/trim-signs";
import {
  type AppriseAddress,
  delegate,
  delegateEach,
  type Form,
  incomplete,
  isSet,
  meetWords,
  readAppriseSetting,
  splitList,
  targetsOf,
  unknownSetting,
} from "./address";
import { bodyForm, bodyJson, fill } from "./body";

/** Mail by SMTP and by the services that take it over HTTP: https://github.com/caronc/apprise/wiki/Notify_email */
export const MAIL_FORMS: Record<string, Form> = {
  mailto: (address) => mail(address, false),
  mailtos: (address) => mail(address, true),

  /** https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages */
  mailgun: (address) => {
    const { user, host } = address;
    const [apiKey, ...entries] = address.path;
    if (!user || !host || !apiKey) return incomplete("mailgun://user@domain/api-key/to");
    meetWords(address, { format: /^t/i, batch: /./ });
    const given = readAppriseSetting(address, "name", "from");
    const sender = given?.includes("@") ? given : `${user}@${host}`;
    const api =
      readAppriseSetting(address, "region")?.toLowerCase() === "eu" ? "api.eu.mailgun.net" : "api.mailgun.net";
    return delegateEach("webhook", recipientsOf(address, entries, sender), (to) => ({
      url: `https://${api}/v3/${encodeURIComponent(host)}/messages`,
      contentType: "application/x-www-form-urlencoded",
      authHeader: `Basic ${Buffer.from(`api:${apiKey}`).toString("base64")}`,
      template: bodyForm({
        from: named(given, sender),
        to,
        subject: fill("{{title}}"),
        text: fill("{{message}}"),
      }),
    }));
  },

  /** https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send */
  sendgrid: (address) => {
    const { user, password, host, path } = address;
    if (!user || !password || !host) return incomplete("sendgrid://api-key:from@domain/to");
    meetWords(address, { format: /^t/i });
    const email = `${password}@${host}`;
    return delegateEach("webhook", recipientsOf(address, path, email), (to) => ({
      url: "https://api.sendgrid.com/v3/mail/send",
      authHeader: `Bearer ${user}`,
      template: bodyJson({
        personalizations: [{ to: [{ email: to }] }],
        from: { email },
        subject: fill("{{title}}"),
        content: [{ type: "text/plain", value: fill("{{message}}") }],
      }),
    }));
  },

  /** https://resend.com/docs/api-reference/emails/send-email */
  resend: (address) => {
    const { user, password, host, path } = address;
    const given = readAppriseSetting(address, "apikey", "key");
    const apiKey = given ?? user;
    const sender = readAppriseSetting(address, "from") ?? `${given ? user || password : password}@${host}`;
    if (!apiKey || !/^.*[^@<]@[^@]/.test(sender)) return incomplete("resend://api-key:from@domain/to");
    meetWords(address, { format: /^t/i });
    return delegateEach("webhook", recipientsOf(address, path, sender), (to) => ({
      url: "https://api.resend.com/emails",
      authHeader: `Bearer ${apiKey}`,
      template: bodyJson({
        from: named(readAppriseSetting(address, "name"), sender),
        to,
        subject: fill("{{title}}"),
        text: fill("{{message}}"),
      }),
    }));
  },
};

/** As Apprise does: without an address it is for the sender. */
function recipientsOf(address: AppriseAddress, entries: string[], sender: string): string[] {
  const all = targetsOf(address, entries).filter((target) => target.includes("@"));
  return all.length > 0 ? all : [sender];
}

interface KnownServer {
  domains: RegExp;
  host: string;
  port: number;
  security: "starttls" | "ssl";
  /** The form of a user name that these servers expect. */
  user: "address" | "name";
}

/** Servers of well-known mail domains, so that `mailtos://me:password@gmail.com` is enough. */
const KNOWN_SERVERS: KnownServer[] = [
  server(/^(gmail|googlemail)\.com$/, "smtp.gmail.com"),
  server(/^(hotmail|live)\.(com(\.au)?|co\.uk)$/, "smtp-mail.outlook.com"),
  server(/^(smtp\.)?outlook\.(com(\.au)?|de|fr|es|it)$/, "smtp-mail.outlook.com"),
  server(/^(smtp\.)?office365\.com$/, "smtp.office365.com"),
  server(/^yahoo\.(com|ca|co\.uk|de|fr|es|it)$/, "smtp.mail.yahoo.com", 465),
  server(/^(icloud|me|mac)\.com$/, "smtp.mail.me.com"),
  server(
    /^fastmail\.(com|cn|co\.uk|com\.au|de|es|fm|fr|im|in|jp|mx|net|nl|org|se|to|tw|uk|us)$/,
    "smtp.fastmail.com",
    465,
  ),
  server(/^zoho(mail)?\.com$/, "smtp.zoho.com"),
  server(/^163\.com$/, "smtp.163.com", 465),
  server(/^(foxmail|qq)\.com$/, "smtp.qq.com"),
  server(/^yandex\.(com|ru|ua|by|kz|uz|tr|fr)$/, "smtp.yandex.ru", 465, "name"),
  server(/^(smtp\.)?sendgrid\.(com|net)$/, "smtp.sendgrid.net", 465, "name"),
];

function server(
  domains: RegExp,
  host: string,
  port: 465 | 587 = 587,
  user: KnownServer["user"] = "address",
): KnownServer {
  return { domains, host, port, security: port === 465 ? "ssl" : "starttls", user };
}

/** https://github.com/caronc/apprise/wiki/Notify_email */
function mail(address: AppriseAddress, isSecure: boolean): ReturnType<Form> {
  const { user, password, port } = address;
  const domain = address.host.replace(/^\[|\]$/g, "");
  if (!domain) return incomplete("mailtos://user:password@host");
  meetWords(address, { format: /^h/i });
  const smtp = readAppriseSetting(address, "smtp");
  const known = smtp || !user ? undefined : KNOWN_SERVERS.find(({ domains }) => domains.test(domain.toLowerCase()));
  const mode = readAppriseSetting(address, "mode")?.toLowerCase();
  if (mode !== undefined && !/^(ssl|starttls|insecure)$/.test(mode)) return unknownSetting("mode");
  const wanted =
    mode === "ssl" ? "ssl" : mode === "insecure" || (!isSecure && mode === undefined) ? "none" : "starttls";
  const security = known && mode === undefined ? known.security : wanted;
  const mailbox = user.includes("@") ? user : `${user || "belfry"}@${domain}`;
  const sender = readAppriseSetting(address, "from");
  const from = sender?.includes("@") ? sender : mailbox;
  const name = readAppriseSetting(address, "name") ?? (sender?.includes("@") ? undefined : sender);
  const to = targetsOf(address).filter((each) => each.includes("@"));
  const own = textBefore(from.slice(from.lastIndexOf("<") + 1), ">");
  // Belfry's mails have one list of recipients.
  const copies = splitList(readAppriseSetting(address, "cc")).filter((each) => each.includes("@"));
  return delegate("email", {
    host: known?.host ?? smtp ?? domain,
    port: port ?? known?.port ?? { ssl: 465, starttls: 587, none: 25 }[security],
    security,
    user: known?.user === "address" ? mailbox : known ? textBefore(user, "@") : user,
    password: user ? password : undefined,
    acceptAnyCertificate: isSet(address, "verify", true) ? undefined : true,
    from: named(name, from),
    to: [...new Set([...(to.length > 0 ? to : [own]), ...copies])],
    replyTo: readAppriseSetting(address, "reply"),
  });
}

function named(name: string | undefined, address: string): string {
  const plain = name?.replace(/[<>"\r\n]/g, "").trim();
  return plain && !plain.includes("@") ? `${plain} <${address}>` : address;
}
