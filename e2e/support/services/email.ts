import { type SmtpServer, startSmtpServer } from "@/e2e/support/smtp-misbehaving";
import type { ServiceForForms } from "./service";

const USER = "backups@example.org";
const PASSWORD = "an app password of sixteen";

export const forForms: ServiceForForms<SmtpServer & { url: string }> = {
  provider: "email",
  async start() {
    const server = await startSmtpServer({ security: "starttls", user: USER, password: PASSWORD });
    return Object.assign(server, { url: `smtp://127.0.0.1:${server.port}` });
  },
  config: (url) => ({
    host: new URL(url).hostname,
    port: Number(new URL(url).port),
    security: "starttls",
    user: USER,
    password: PASSWORD,
    from: "Backups <backups@example.org>",
    to: ["ops@example.org", "night-shift@example.org"],
  }),
  secretField: "password",
  texts: ({ mails }) => mails.map(({ parsed }) => `${parsed.subject}\n${parsed.text}`),
  refusal: "5.7.8 Authentication credentials invalid",
};
