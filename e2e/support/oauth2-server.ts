import { createPublicKey, generateKeyPairSync, randomBytes, verify } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a client of the server may present. */
export const TENANT = "8a2f0c1e-0000-4000-8000-000000000001";
export const CLIENT = { id: "f1e2d3c4-0000-4000-8000-000000000002", secret: "q8Q~client-secret-of-the-tests" };
export const MAILBOX = "backups@example.org";

export interface OAuth2Server {
  microsoftUrl: string;
  googleUrl: string;
  /** A refresh token that is good now; it changes with each use while `rotates`. */
  refreshToken: string;
  /** The JSON file of a service account that may act for the mailbox. */
  serviceKey: string;
  /** Parameters of all requests, in their order. */
  requests: Record<string, string>[];
  /** How it answers; each can change while it runs. */
  manners: {
    /** Answers everything with this. */
    answer: { status: number; body: string; type?: string } | null;
    /** Seconds that a token lasts. */
    lifeSeconds: number;
    /** A refresh token is good for one use, and the next one comes with the answer. */
    rotates: boolean;
    /** The service account has no domain-wide delegation. */
    delegates: boolean;
  };
  /** Whether an SMTP server takes this token for this user. */
  accepts(user: string, token: string): boolean;
  /** Ends all tokens handed out so far. */
  revoke(): void;
  close(): Promise<void>;
}

type Answer = [status: number, body: Record<string, unknown>];

/**
 * A token endpoint on loopback that answers as those of Microsoft Entra and Google do, errors included: the codes of
 * https://learn.microsoft.com/entra/identity-platform/reference-error-codes and the texts of
 * https://developers.google.com/identity/protocols/oauth2/service-account#error-codes.
 */
export async function startOAuth2Server(): Promise<OAuth2Server> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const account = "belfry@project.iam.gserviceaccount.com";
  const tokens = new Set<string>();
  const state = { refreshToken: `1//${randomBytes(12).toString("hex")}` };
  const requests: Record<string, string>[] = [];
  const manners: OAuth2Server["manners"] = { answer: null, lifeSeconds: 3599, rotates: false, delegates: true };
  let origin = "";

  const granted = (more: Record<string, unknown> = {}): Answer => {
    const access_token = `ya29.${randomBytes(24).toString("base64url")}`;
    tokens.add(access_token);
    return [200, { token_type: "Bearer", expires_in: manners.lifeSeconds, access_token, ...more }];
  };
  const refused = (status: number, error: string, error_description: string): Answer => [
    status,
    { error, error_description },
  ];

  function microsoft(tenant: string, form: Record<string, string>): Answer {
    const trace = "\r\nTrace ID: 0a0b0c0d-0000\r\nTimestamp: 2026-11-26 12:00:00Z";
    if (tenant !== TENANT) return refused(400, "invalid_request", `AADSTS90002: Tenant '${tenant}' not found.${trace}`);
    if (form.client_id !== CLIENT.id) {
      return refused(
        400,
        "unauthorized_client",
        `AADSTS700016: Application '${form.client_id}' was not found.${trace}`,
      );
    }
    if (form.client_secret !== CLIENT.secret) {
      return refused(401, "invalid_client", `AADSTS7000215: Invalid client secret provided.${trace}`);
    }
    if (form.grant_type === "refresh_token") return refresh(form);
    if (form.scope !== "https://outlook.office365.com/.default") {
      return refused(400, "invalid_scope", `AADSTS1002012: The provided value for scope is not valid.${trace}`);
    }
    return granted({ ext_expires_in: manners.lifeSeconds });
  }

  function google(form: Record<string, string>): Answer {
    if (form.grant_type === "refresh_token") {
      if (form.client_id !== CLIENT.id) return refused(401, "invalid_client", "The OAuth client was not found.");
      return refresh(form);
    }
    const [header = "", claims = "", signature = ""] = (form.assertion ?? "").split(".");
    const isSigned = verify(
      "RSA-SHA256",
      Buffer.from(`${header}.${claims}`),
      createPublicKey(publicKey.export({ type: "spki", format: "pem" })),
      Buffer.from(signature, "base64url"),
    );
    if (!isSigned) return refused(400, "invalid_grant", "Invalid JWT Signature.");
    const { iss, sub, scope, aud, iat, exp } = JSON.parse(Buffer.from(claims, "base64url").toString());
    const now = Date.now() / 1000;
    if (Math.abs(now - iat) > 600 || exp - iat > 3600) {
      return refused(
        400,
        "invalid_grant",
        "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.",
      );
    }
    if (aud !== `${origin}/token`) return refused(400, "invalid_grant", "Invalid JWT: Failed audience check.");
    if (!manners.delegates || iss !== account || scope !== "https://mail.google.com/") {
      return refused(
        401,
        "unauthorized_client",
        "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.",
      );
    }
    if (sub !== MAILBOX) return refused(400, "invalid_grant", "Invalid email or User ID");
    return granted();
  }

  function refresh(form: Record<string, string>): Answer {
    if (form.refresh_token !== state.refreshToken) {
      return refused(400, "invalid_grant", "Token has been expired or revoked.");
    }
    if (!manners.rotates) return granted();
    state.refreshToken = `1//${randomBytes(12).toString("hex")}`;
    return granted({ refresh_token: state.refreshToken });
  }

  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
    requests.push(form);
    if (manners.answer) {
      const { status, body, type = "text/html" } = manners.answer;
      response.writeHead(status, { "content-type": type }).end(body);
      return;
    }
    const tenant = /^\/([^/]+)\/oauth2\/v2\.0\/token$/.exec(request.url ?? "")?.[1];
    const [status, body] = tenant ? microsoft(decodeURIComponent(tenant), form) : google(form);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    microsoftUrl: `${origin}/${TENANT}/oauth2/v2.0/token`,
    googleUrl: `${origin}/token`,
    get refreshToken() {
      return state.refreshToken;
    },
    serviceKey: JSON.stringify({
      type: "service_account",
      client_email: account,
      private_key_id: "k1",
      private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
    }),
    requests,
    manners,
    accepts: (user, token) => user === MAILBOX && tokens.has(token),
    revoke: () => tokens.clear(),
    close() {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}
