import { sign } from "node:crypto";
import type { HttpAnswer, HttpIo } from "./http";
import { adviceForTokenError } from "./oauth2-advice";
import type { OAuth2SignIn, OAuth2Token } from "./oauth2-sign-in";
import { oneLine } from "./text";

/** Why a token endpoint gave no token. */
export class OAuth2Error extends Error {
  /** The name that connections recognise it by. */
  readonly isOAuth2 = true;
  /** @param message one sentence, with the endpoint's own words @param retryable it may give one later */
  constructor(
    message: string,
    readonly retryable: boolean,
    readonly advice?: string,
  ) {
    super(message);
  }
}

/** Where a token endpoint says nothing about it: RFC 6749 section 5.1 recommends that it does. */
const USUAL_LIFE_S = 3600;
const WORDS_MAX = 300;
/** Errors of RFC 6749 and OpenID that are about the endpoint, not about the request. */
const LATER = new Set(["temporarily_unavailable", "server_error", "slow_down"]);

/**
 * Asks a token endpoint for an access token (RFC 6749, sections 4.4 and 6; RFC 7523 for service accounts).
 * @param now milliseconds
 * @throws OAuth2Error
 */
export async function askForToken(signIn: OAuth2SignIn, http: HttpIo, now: number): Promise<OAuth2Token> {
  const answer = await http.request({
    url: signIn.tokenUrl,
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body: new URLSearchParams(parametersOf(signIn, now)).toString(),
    timeoutMs: 20_000,
  });
  const host = URL.canParse(signIn.tokenUrl) ? new URL(signIn.tokenUrl).host : signIn.tokenUrl;
  if (answer.kind === "failed") {
    throw new OAuth2Error(`No access token, because ${host} does not answer: ${answer.reason}`, !answer.isRefused);
  }
  const said = jsonOf(answer.body);
  const { access_token: accessToken, refresh_token: refreshToken } = said;
  if (answer.status === 200 && typeof accessToken === "string" && accessToken) {
    const seconds = Number(said.expires_in) > 0 ? Number(said.expires_in) : USUAL_LIFE_S;
    return {
      accessToken,
      expiresAt: now + seconds * 1000,
      ...(typeof refreshToken === "string" && refreshToken ? { refreshToken } : {}),
    };
  }
  throw refusal(answer, said, host, signIn);
}

function parametersOf(signIn: OAuth2SignIn, now: number): Record<string, string> {
  const scope: Record<string, string> = signIn.scope ? { scope: signIn.scope } : {};
  if (signIn.grant === "service_account") {
    return { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion: assertionOf(signIn, now) };
  }
  const client: Record<string, string> = {
    client_id: signIn.clientId,
    ...(signIn.clientSecret ? { client_secret: signIn.clientSecret } : {}),
  };
  if (signIn.grant === "client_credentials") return { grant_type: "client_credentials", ...client, ...scope };
  return { grant_type: "refresh_token", refresh_token: signIn.refreshToken, ...client, ...scope };
}

/** A signed statement of the service account for one mailbox (RFC 7515, RFC 7523 section 3), valid for an hour. */
function assertionOf(signIn: Extract<OAuth2SignIn, { grant: "service_account" }>, now: number): string {
  const { account, privateKey, keyId, subject, scope, tokenUrl } = signIn;
  const issuedAt = Math.floor(now / 1000);
  const header = { alg: "RS256", typ: "JWT", ...(keyId ? { kid: keyId } : {}) };
  const claims = { iss: account, sub: subject, scope, aud: tokenUrl, iat: issuedAt, exp: issuedAt + 3600 };
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  try {
    return `${text}.${sign("RSA-SHA256", Buffer.from(text), privateKey).toString("base64url")}`;
  } catch {
    throw new OAuth2Error(
      "The private key of the service account cannot be read.",
      false,
      "Enter the JSON file of the key again, as Google Cloud handed it out.",
    );
  }
}

/** Without an error of the protocol the answer is somebody else's, such as a proxy's page: it may be another one later. */
function refusal(
  { status }: Extract<HttpAnswer, { kind: "answer" }>,
  said: Record<string, unknown>,
  host: string,
  signIn: OAuth2SignIn,
): OAuth2Error {
  const code = typeof said.error === "string" ? said.error : "";
  if (!code) {
    return new OAuth2Error(
      `No access token: ${host} answered ${status} without one.`,
      true,
      "A proxy may stand in front, or the token address is not that of a token endpoint.",
    );
  }
  // Microsoft adds lines with a trace id and the time, which are new in each answer.
  const description = typeof said.error_description === "string" ? said.error_description.split(/\r?\n/)[0] : "";
  const words = oneLine([code, description].filter(Boolean).join(": "));
  const reason = words.length > WORDS_MAX ? `${words.slice(0, WORDS_MAX - 1)}…` : words;
  const retryable = status === 429 || status >= 500 || LATER.has(code);
  return new OAuth2Error(`No access token: ${host} answered ${reason}`, retryable, adviceForTokenError(words, signIn));
}

function jsonOf(body: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
