import { createHash } from "node:crypto";
import type { HttpIo } from "./http";
import { askForToken, type OAuth2Error } from "./oauth2-request";
import type { OAuth2SignIn, OAuth2Token } from "./oauth2-sign-in";

/** Keeps tokens over restarts and for other processes; sealed there. Both may fail. */
export interface TokenStore {
  read(name: string): Promise<OAuth2Token | null>;
  write(name: string, token: OAuth2Token): Promise<void>;
}

export interface TokenSource {
  /**
   * A token that is valid for some minutes more.
   * @param refused the token that the service did not take: another one is wanted
   * @throws OAuth2Error when there is none
   */
  tokenFor(signIn: OAuth2SignIn, refused?: string): Promise<OAuth2Token>;
}

/** A token is renewed this long before its end, so that none ends while it is used. */
const AHEAD_MS = 5 * 60_000;
const KEPT = 100;

/**
 * Hands out access tokens, and renews them ahead of their end. A token is asked for once, however many connections
 * wait for it. What the store holds is used first: another process may have renewed it.
 * @param options.now for tests; milliseconds
 */
export function createTokenSource(options: { http: HttpIo; store?: TokenStore; now?: () => number }): TokenSource {
  const { http, store, now = Date.now } = options;
  const known = new Map<string, OAuth2Token>();
  const asked = new Map<string, Promise<OAuth2Token>>();

  const isGood = (token: OAuth2Token | null | undefined, refused: string | undefined, aheadMs: number) =>
    token ? token.expiresAt > now() + aheadMs && token.accessToken !== refused : false;

  async function renew(name: string, signIn: OAuth2SignIn, refused: string | undefined): Promise<OAuth2Token> {
    const stored = (await store?.read(name).catch(() => null)) ?? known.get(name) ?? null;
    if (stored && isGood(stored, refused, AHEAD_MS)) return stored;
    const current =
      signIn.grant === "refresh_token" && stored?.refreshToken
        ? { ...signIn, refreshToken: stored.refreshToken }
        : signIn;
    try {
      const token = await askForToken(current, http, now());
      // A service that hands out no new refresh token leaves the last one valid.
      const whole = stored?.refreshToken ? { refreshToken: stored.refreshToken, ...token } : token;
      await store?.write(name, whole).catch(() => undefined);
      return whole;
    } catch (error) {
      // Renewed ahead of its end, the present one still serves.
      if ((error as OAuth2Error).retryable && stored && isGood(stored, refused, 0)) return stored;
      throw error;
    }
  }

  return {
    async tokenFor(signIn, refused) {
      const name = nameOf(signIn);
      const held = known.get(name);
      if (held && isGood(held, refused, AHEAD_MS)) return held;
      let asking = asked.get(name);
      if (!asking) {
        asking = renew(name, signIn, refused).finally(() => asked.delete(name));
        asked.set(name, asking);
      }
      const token = await asking;
      if (known.size >= KEPT) known.clear();
      known.set(name, token);
      return token;
    },
  };
}

/** The same for the same credentials, and gives none of them away. */
function nameOf(signIn: OAuth2SignIn): string {
  return createHash("sha256").update(JSON.stringify(signIn)).digest("base64url");
}
