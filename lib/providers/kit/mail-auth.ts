import type { MailServerConfig } from "./mail-exchange";
import { OAuth2Error } from "./oauth2-request";
import type { TokenSource } from "./oauth2-token";

type Provision = (user: string, renew: boolean, callback: (error: Error | null, token?: string) => void) => void;

/** How the connections to one server sign in. */
export interface MailAuth {
  /** Options of nodemailer's transport. */
  options: Record<string, unknown>;
  /**
   * The server refused the sign-in, although the token should be good: it may have been revoked, or lack a permission
   * that was granted since. @returns true when another token is used from now on
   */
  renewToken(): boolean;
}

/** @param tokens where access tokens come from, for servers that want one */
export function mailAuthOf({ user, password, oauth2 }: MailServerConfig, tokens: TokenSource | undefined): MailAuth {
  if (!user) return { options: {}, renewToken: () => false };
  if (!oauth2) {
    return { options: { auth: { user, pass: password ?? "" }, forceAuth: true }, renewToken: () => false };
  }
  let used: string | undefined;
  let refused: string | undefined;
  const provisionCallback: Provision = (_, renew, callback) => {
    if (!tokens) {
      callback(new OAuth2Error("Access tokens cannot be asked for here.", false));
      return;
    }
    // The server itself asked for another one.
    if (renew) refused = used;
    tokens.tokenFor(oauth2, refused).then(
      ({ accessToken }) => {
        used = accessToken;
        callback(null, accessToken);
      },
      (error: Error) => callback(error),
    );
  };
  return {
    options: { auth: { type: "OAuth2", user, provisionCallback }, forceAuth: true },
    renewToken() {
      if (used === undefined || used === refused) return false;
      refused = used;
      return true;
    },
  };
}
