import type { RefusedRecipient } from "@/lib/core/refused-recipient";
import type { AddressFailure } from "./connect";
import { EGRESS_REFUSED } from "./egress";
import type { MailAnswer, MailServerConfig } from "./mail-exchange";
import { oneLine } from "./text";
import { explainTlsFailure } from "./tls-failure";

/** An error of nodemailer: `code` is its own or the system's, `response` the server's whole reply. */
export interface SmtpError extends Error {
  code?: string;
  response?: string;
  responseCode?: number;
  recipient?: string;
  rejectedErrors?: SmtpError[];
  /** Of every address of the server's name, when none could be reached. */
  failures?: AddressFailure[];
  /** No token for the sign-in came from its token endpoint: then what OAuth2Error says. */
  isOAuth2?: boolean;
  retryable?: boolean;
  advice?: string;
}

/** A recipient that the server refused, in its own words. */
export function refusedOf(error: SmtpError): RefusedRecipient {
  return {
    recipient: error.recipient ?? "",
    reason: oneLine(error.response ?? error.message),
    retryable: isTransient(error.responseCode),
  };
}

/**
 * The answer for a mail that was not taken, or perhaps was.
 * @param isHandedOver the server had the whole message before the error came
 */
export function failedAnswer(error: SmtpError, server: MailServerConfig, isHandedOver: boolean): MailAnswer {
  if (error.isOAuth2) return noToken(error);
  const where = `${server.host}:${server.port}`;
  const refused = (error.rejectedErrors ?? []).map(refusedOf);
  const status = error.responseCode ?? error.rejectedErrors?.[0]?.responseCode;
  // A reply of the server is not about its certificate.
  const tls = error.response ? null : explainTlsFailure(error, error.code ?? "", where, MAIL_TLS);
  const mayHaveArrived = isHandedOver && status === undefined;
  const retryable = refused.length > 0 ? refused.some((one) => one.retryable) : mayHaveArrived || isRetryable(error);
  return {
    kind: "failed",
    reason: mayHaveArrived ? lostReply(error, where) : (tls?.reason ?? reasonOf(error, where, refused)),
    retryable,
    ...(status ? { status } : {}),
    ...(error.code ? { code: error.code } : {}),
    ...(tls?.advice ? { advice: tls.advice } : {}),
    ...(mayHaveArrived ? { mayHaveArrived } : {}),
    ...(refused.length > 0 ? { refused } : {}),
  };
}

function noToken({ message, retryable, advice }: SmtpError): MailAnswer {
  return {
    kind: "failed",
    reason: message,
    retryable: retryable === true,
    code: "EAUTH",
    ...(advice ? { advice } : {}),
  };
}

/** Every form of a mail server has fields for certificates. */
const MAIL_TLS = { timeoutMs: 0, service: "mail server", hasCertificateFields: true };

/** The server itself refused who signs in. */
export function isSignInRefusal({ code, responseCode }: SmtpError): boolean {
  return code === "EAUTH" && responseCode !== undefined && !isTransient(responseCode);
}

function isTransient(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500;
}

/** By the reply code when there is one; otherwise network errors are temporary and wrong settings permanent. */
function isRetryable(error: SmtpError): boolean {
  if (error.responseCode) return isTransient(error.responseCode);
  if (isProtocolMismatch(error)) return false;
  return ![EGRESS_REFUSED, "EAUTH", "ENOAUTH", "EENVELOPE", "EMESSAGE", "ECONFIG"].includes(error.code ?? "");
}

function isProtocolMismatch(error: Error): boolean {
  return /wrong version number|packet length too long|unknown protocol|http request/i.test(error.message);
}

/** What the system's code of a failed connection means, to follow the name of the server. */
const SENTENCES: Record<string, string> = {
  ECONNREFUSED: "refuses the connection: no mail server listens there",
  ECONNRESET: "closed the connection",
  EHOSTUNREACH: "cannot be reached: no route to it",
  ENETUNREACH: "cannot be reached: no route to its network",
  ETIMEDOUT: "did not answer in time",
};
const SYSTEM_CODE = new RegExp(`\\b(${Object.keys(SENTENCES).join("|")})\\b`);

function reasonOf(error: SmtpError, where: string, refused: readonly RefusedRecipient[]): string {
  if (refused.length > 0) {
    const each = refused.map(({ recipient, reason }) => `${recipient}: ${reason}`);
    return `The mail server refused every recipient. ${each.join("; ")}`;
  }
  if (error.code === EGRESS_REFUSED) return error.message;
  if (error.failures) return unreachable(error.failures, where);
  const text = `${error.code} ${error.message}`;
  if (/\bENOTFOUND\b/.test(text)) return `The name of ${where} cannot be resolved.`;
  if (/\bEAI_AGAIN\b/.test(text)) return `The name of ${where} cannot be resolved at the moment.`;
  if (error.code === "ETIMEDOUT" && /greeting/i.test(error.message)) {
    return `${where} accepted the connection but sent no greeting.`;
  }
  if (error.code === "EABORT") return `${where} did not answer in time.`;
  const systemCode = SYSTEM_CODE.exec(text)?.[1];
  if (systemCode) return `${where} ${SENTENCES[systemCode]}.`;
  if (error.code === "ETLS") return `No encrypted connection to ${where}: ${oneLine(error.response || error.message)}`;
  return oneLine(error.response || error.message);
}

/** Names every address that was tried, so that a wrong one among them is found. */
function unreachable(failures: readonly AddressFailure[], where: string): string {
  const [only, ...others] = failures;
  if (!only) return `${where} did not answer in time.`;
  if (others.length === 0) {
    const address = where.includes(only.address) ? "" : ` (${only.address})`;
    return `${where}${address} ${sentenceOf(only)}.`;
  }
  const each = failures.map((one) => `${one.address} ${sentenceOf(one)}`);
  return `${where} cannot be reached at any of its ${failures.length} addresses: ${each.join("; ")}.`;
}

function sentenceOf({ code }: AddressFailure): string {
  return SENTENCES[code] ?? `cannot be reached: ${code}`;
}

function lostReply(error: SmtpError, where: string): string {
  const isSilent = error.code === "ETIMEDOUT" || error.code === "EABORT";
  const what = isSilent ? "did not answer in time" : "closed the connection";
  return `${where} took the whole message and ${what} before it confirmed it: it may have been delivered.`;
}
