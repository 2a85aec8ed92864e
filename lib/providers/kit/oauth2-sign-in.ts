interface TokenEndpoint {
  /** Where tokens are asked for. */
  tokenUrl: string;
  scope?: string;
}

/** What a token is asked for with; RFC 6749 sections 4.4 and 6, RFC 7523 section 2.1. */
export type OAuth2SignIn = TokenEndpoint &
  (
    | { grant: "client_credentials"; clientId: string; clientSecret: string }
    | { grant: "refresh_token"; clientId: string; clientSecret: string; refreshToken: string }
    | {
        grant: "service_account";
        /** The service account's own address. */
        account: string;
        keyId?: string;
        /** PEM. */
        privateKey: string;
        /** The mailbox that it acts for. */
        subject: string;
      }
  );

/** A token as a token endpoint handed it out. */
export interface OAuth2Token {
  accessToken: string;
  /** Milliseconds. */
  expiresAt: number;
  /** The refresh token that replaces the one it was asked for with. */
  refreshToken?: string;
}
