import type { OAuth2SignIn } from "./oauth2-sign-in";

/**
 * What to do about an error of a token endpoint: Microsoft's by its codes
 * (https://learn.microsoft.com/entra/identity-platform/reference-error-codes), Google's by its words
 * (https://developers.google.com/identity/protocols/oauth2/service-account#error-codes), the rest by RFC 6749, section 5.2.
 * @param words error and description
 */
export function adviceForTokenError(words: string, { grant }: OAuth2SignIn): string | undefined {
  const found = CASES.find(({ when, only }) => when.test(words) && (!only || only === grant));
  return found?.advice;
}

interface Case {
  when: RegExp;
  only?: OAuth2SignIn["grant"];
  advice: string;
}

const CASES: Case[] = [
  {
    when: /AADSTS7000215/,
    advice: "The client secret is wrong. Enter its value, which Microsoft Entra shows only once, and not its ID.",
  },
  {
    when: /AADSTS7000222/,
    advice: "The client secret has expired. Make a new one in Microsoft Entra, under Certificates & secrets.",
  },
  { when: /AADSTS700016/, advice: "The tenant knows no application of this client ID. Check both." },
  { when: /AADSTS(90002|900021|900023)/, advice: "There is no such tenant. Check the directory (tenant) ID." },
  {
    when: /AADSTS(65001|50105|7000112)/,
    advice:
      "The application is disabled, or nobody consented to its permissions: an administrator of the tenant grants them.",
  },
  {
    when: /AADSTS(70011|1002012|500011|28000)/,
    advice: "The scope is wrong. For an application it is https://outlook.office365.com/.default.",
  },
  {
    when: /AADSTS(700082|70008|700084|50173|54005)/,
    advice: "The refresh token has expired or was revoked. Sign in again and enter the new one.",
  },
  {
    when: /AADSTS(50076|50079|53003|50158)/,
    advice: "A rule of the tenant wants a second factor here. Use an application (client credentials) instead.",
  },
  {
    when: /short-lived token|reasonable timeframe|iat|\bexp\b/i,
    only: "service_account",
    advice: "The clock of this machine is wrong: Google takes statements of the present hour only.",
  },
  {
    when: /unauthorized_client/i,
    only: "service_account",
    advice:
      "The service account may not act for this mailbox. In the Google Admin console, under Security → API controls → Domain-wide delegation, add its client ID with the scope https://mail.google.com/.",
  },
  {
    when: /invalid email or user id|account not found/i,
    only: "service_account",
    advice:
      "User must be a mailbox of the domain, not the service account itself, and the service account must still exist.",
  },
  {
    when: /invalid jwt signature|invalid_grant/i,
    only: "service_account",
    advice: "Google does not know this key any more, or the mailbox does not exist. Make a new key for the account.",
  },
  {
    when: /invalid_grant/,
    only: "refresh_token",
    advice:
      "The refresh token has expired, was revoked, or belongs to another client. Sign in again and enter the new one. Google ends it after 7 days while the application is in testing.",
  },
  { when: /invalid_client/, advice: "Client ID or client secret is wrong." },
  { when: /unauthorized_client/, advice: "This client may not ask for tokens in this way." },
  { when: /invalid_scope/, advice: "The scope is wrong. Leave it empty for the usual one." },
];
