import { readMailToken, writeMailToken } from "@/db/stores/mail-tokens";
import { loggerOf } from "@/lib/core/logger";
import type { OAuth2Token } from "@/lib/providers/kit/oauth2-sign-in";
import type { TokenStore } from "@/lib/providers/kit/oauth2-token";
import { openJson, sealJson } from "@/lib/secrets/seal";

const log = loggerOf("mail-tokens");
const PURPOSE = "mail-token";

/**
 * Access tokens of mail servers in the database, sealed: for all processes, and over restarts, since a refresh token
 * may be replaced with each use. What cannot be read counts as missing.
 */
export const mailTokenStore: TokenStore = {
  async read(name) {
    try {
      const sealed = await readMailToken(name);
      return sealed === null ? null : openJson<OAuth2Token>(sealed, PURPOSE);
    } catch (error) {
      log.warn("failed to read a mail token, asking for a new one", { error });
      return null;
    }
  },
  async write(name, token) {
    try {
      await writeMailToken(name, sealJson(token, PURPOSE), Date.now());
    } catch (error) {
      log.warn("failed to keep a mail token, this process goes on with it", { error });
    }
  },
};
