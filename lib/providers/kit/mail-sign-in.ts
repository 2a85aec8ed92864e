import { createPrivateKey } from "node:crypto";
import { z } from "zod";
import { field } from "@/lib/core/form-field";
import { isLocalHost } from "./egress";
import type { OAuth2SignIn } from "./oauth2-sign-in";

const MICROSOFT = "microsoft";
const GOOGLE = "google";
const REFRESH_TOKEN = "refresh_token";
const OAUTH2 = [MICROSOFT, GOOGLE, REFRESH_TOKEN];

/** Scopes and addresses as the services document them. */
const GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token";
const GOOGLE_SCOPE = "https://mail.google.com/";
const MICROSOFT_SCOPE = "https://outlook.office365.com/.default";

const tokenUrl = z.string().trim().max(500).refine(isTokenUrl, "Enter an address that begins with https://.");

/**
 * How Belfry signs in to a mail server: fields of the mail server's form.
 * Microsoft: https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
 * Google: https://developers.google.com/identity/protocols/oauth2/service-account
 */
export const mailSignInFields = {
  signIn: field(z.enum(["password", MICROSOFT, GOOGLE, REFRESH_TOKEN]).default("password"), {
    label: "Sign-in",
    help: "Microsoft 365 and Google Workspace refuse passwords for most mailboxes and want OAuth2",
    widget: "select",
    optionLabels: {
      password: "User and password",
      [MICROSOFT]: "OAuth2: Microsoft 365 application",
      [GOOGLE]: "OAuth2: Google service account",
      [REFRESH_TOKEN]: "OAuth2: refresh token",
    },
  }),
  user: field(z.string().trim().max(320).optional(), {
    label: "User",
    help: "With OAuth2 the address of the mailbox that sends",
  }),
  password: field(z.string().max(1000).optional(), {
    label: "Password",
    secret: true,
    sentTo: ["host", "port", "security"],
    widget: "password",
    showWhen: { field: "signIn", is: ["password"] },
  }),
  tenant: field(
    z
      .string()
      .trim()
      .max(255)
      .regex(/^[\w.-]*$/, "Enter the tenant's ID or domain.")
      .optional(),
    {
      label: "Directory (tenant) ID",
      help: "From the overview of the application in Microsoft Entra",
      placeholder: "8a2f0c1e-…, or example.org",
      showWhen: { field: "signIn", is: [MICROSOFT] },
    },
  ),
  clientId: field(z.string().trim().max(500).optional(), {
    label: "Client ID",
    help: "The ID of the application",
    showWhen: { field: "signIn", is: [MICROSOFT, REFRESH_TOKEN] },
  }),
  clientSecret: field(z.string().trim().max(2000).optional(), {
    label: "Client secret",
    help: "The secret's value, not its ID",
    secret: true,
    sentTo: ["oauth2Url", "host", "port", "security"],
    widget: "password",
    showWhen: { field: "signIn", is: [MICROSOFT, REFRESH_TOKEN] },
  }),
  serviceKey: field(z.string().max(10_000).optional(), {
    label: "Key of the service account",
    help: "The JSON file of the key, as Google Cloud hands it out",
    secret: true,
    sentTo: ["oauth2Url", "host", "port", "security"],
    widget: "textarea",
    showWhen: { field: "signIn", is: [GOOGLE] },
  }),
  refreshToken: field(z.string().trim().max(5000).optional(), {
    label: "Refresh token",
    help: "A newer one that the service hands out replaces it by itself",
    secret: true,
    sentTo: ["oauth2Url", "host", "port", "security"],
    widget: "password",
    showWhen: { field: "signIn", is: [REFRESH_TOKEN] },
  }),
  oauth2Url: field(z.union([z.literal(""), tokenUrl]).optional(), {
    label: "Token address",
    help: "Where tokens are asked for. Empty: Google's, and for a Microsoft 365 application that of its tenant",
    placeholder: GOOGLE_TOKEN_URL,
    advanced: true,
    showWhen: { field: "signIn", is: OAUTH2 },
  }),
  scope: field(z.string().trim().max(1000).optional(), {
    label: "Scope",
    help: "What a token is asked for. Empty: sending mail, as the service names it",
    advanced: true,
    showWhen: { field: "signIn", is: OAUTH2 },
  }),
};

/** The values of those fields, parsed. */
export interface MailSignInFields {
  signIn: "password" | typeof MICROSOFT | typeof GOOGLE | typeof REFRESH_TOKEN;
  user?: string | undefined;
  password?: string | undefined;
  tenant?: string | undefined;
  clientId?: string | undefined;
  clientSecret?: string | undefined;
  serviceKey?: string | undefined;
  refreshToken?: string | undefined;
  oauth2Url?: string | undefined;
  scope?: string | undefined;
}

/** Names of those that are secrets. */
export const SIGN_IN_SECRETS = ["password", "clientSecret", "serviceKey", "refreshToken"] as const;

/** What is missing for the chosen sign-in, field by field. Pure; nothing is missing for a password. */
export function missingForSignIn(values: MailSignInFields): { field: keyof MailSignInFields; message: string }[] {
  if (values.signIn === "password") return [];
  const missing: { field: keyof MailSignInFields; message: string }[] = [];
  const want = (name: keyof MailSignInFields, message: string) => {
    if (!values[name]) missing.push({ field: name, message });
  };
  want("user", "Enter the address of the mailbox that sends.");
  if (values.signIn === MICROSOFT) {
    if (!values.oauth2Url) want("tenant", "Enter the tenant's ID.");
    want("clientId", "Enter the application's ID.");
    want("clientSecret", "Enter the client secret.");
  }
  if (values.signIn === REFRESH_TOKEN) {
    want("clientId", "Enter the client's ID.");
    want("refreshToken", "Enter the refresh token.");
  }
  if (values.signIn === GOOGLE) {
    want("serviceKey", "Enter the key of the service account.");
    const problem = values.serviceKey ? serviceKeyProblem(values.serviceKey) : null;
    if (problem) missing.push({ field: "serviceKey", message: problem });
  }
  return missing;
}

/** The sign-in for tokens; null for a user with a password, or none. */
export function oauth2Of(values: MailSignInFields): OAuth2SignIn | null {
  const { user = "", clientId = "", clientSecret = "", refreshToken = "", scope } = values;
  switch (values.signIn) {
    case MICROSOFT:
      return {
        grant: "client_credentials",
        tokenUrl:
          values.oauth2Url ||
          `https://login.microsoftonline.com/${encodeURIComponent(values.tenant ?? "")}/oauth2/v2.0/token`,
        clientId,
        clientSecret,
        scope: scope || MICROSOFT_SCOPE,
      };
    case GOOGLE: {
      const key = readServiceKey(values.serviceKey ?? "");
      return {
        grant: "service_account",
        tokenUrl: values.oauth2Url || GOOGLE_TOKEN_URL,
        account: key?.client_email ?? "",
        ...(key?.private_key_id ? { keyId: key.private_key_id } : {}),
        privateKey: key?.private_key ?? "",
        subject: user,
        scope: scope || GOOGLE_SCOPE,
      };
    }
    case REFRESH_TOKEN:
      return {
        grant: "refresh_token",
        tokenUrl: values.oauth2Url || GOOGLE_TOKEN_URL,
        clientId,
        clientSecret,
        refreshToken,
        ...(scope ? { scope } : {}),
      };
    default:
      return null;
  }
}

const serviceKeySchema = z.object({
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  private_key_id: z.string().optional(),
});

function readServiceKey(text: string): z.output<typeof serviceKeySchema> | null {
  try {
    return serviceKeySchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function serviceKeyProblem(text: string): string | null {
  const key = readServiceKey(text);
  if (!key) return "This is not the JSON file of a service account's key: client_email or private_key is missing.";
  try {
    createPrivateKey(key.private_key);
    return null;
  } catch {
    return "The private_key in this file cannot be read. Enter the file as Google Cloud handed it out.";
  }
}

/** A token is as good as a password: it travels encrypted, or not beyond this network. */
function isTokenUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && (url.protocol === "https:" || (url.protocol === "http:" && isLocalHost(url.hostname)));
}
