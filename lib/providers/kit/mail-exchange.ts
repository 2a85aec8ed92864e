import type { RefusedRecipient } from "@/lib/core/refused-recipient";
import type { OAuth2SignIn } from "./oauth2-sign-in";
import type { ClientTls } from "./trust";

/** A mail server, and how to sign in there. */
export interface MailServerConfig {
  host: string;
  port: number;
  /** `ssl` speaks TLS from the first byte; `starttls` requires the upgrade and never continues without it; `none` never upgrades. */
  security: "none" | "ssl" | "starttls";
  user?: string;
  password?: string;
  /** Signs the user in by an access token instead (XOAUTH2). */
  oauth2?: OAuth2SignIn;
  /** The name that this machine greets with; its own by default. */
  heloName?: string;
  /** Accept an untrusted certificate. For loopback servers any certificate is accepted. */
  acceptAnyCertificate?: boolean;
  /** Certificates of this server's form. */
  tls?: ClientTls;
}

/** How sending one mail ended. */
export type MailAnswer =
  | { kind: "sent"; receipt: string; accepted: string[]; refused: RefusedRecipient[] }
  | {
      kind: "failed";
      reason: string;
      /** SMTP reply code, when there was one. */
      status?: number;
      retryable: boolean;
      /** nodemailer's or the system's code: `EAUTH`, `ETLS`, `ECONNREFUSED` … */
      code?: string;
      /** What to do about it, where that does not depend on mail. */
      advice?: string;
      /** The server had the whole message, and its reply is missing: it may have delivered it (RFC 1047). */
      mayHaveArrived?: boolean;
      /** What the server refused, when the recipients alone were wrong. */
      refused?: RefusedRecipient[];
    };
