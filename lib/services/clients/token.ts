import { z } from "zod";
import { CLIENT_TOKEN_PREFIX } from "@/lib/auth/access/client-token";
import { AGENT_SCRIPT } from "@/lib/core/client";
import { AppError } from "@/lib/core/errors";
import { hashToken, newToken } from "@/lib/core/token";
import { linkBase } from "@/lib/dispatch/send/installation";

/** A token as the client gets it, shown this once. */
export const clientTokenAnswer = {
  /** Only its hash is stored. */
  token: z.string(),
  /** To copy into a shell of the machine. The token goes in by standard input: no list of processes shows it. */
  installCommand: z.string(),
  /** SHA-256 of the script that this line downloads, in hex. */
  scriptSha256: z.string(),
};

/** A new token. @returns what is stored of it, and the token itself */
export function makeClientToken(): { token: string; stored: { tokenHash: string; hint: string } } {
  const token = newToken(CLIENT_TOKEN_PREFIX);
  return { token, stored: { tokenHash: hashToken(token), hint: token.slice(-4) } };
}

/** What a shell takes as it stands, and what it takes in quotes. */
const PLAIN = /^[\w.:/~-]+$/;
const QUOTABLE = /^[^'\\\s\p{Cc}]+$/u;

/**
 * @param origin the address under which the caller sees Belfry
 * @throws AppError `invalid` when no address is known
 */
export async function clientTokenView(token: string, origin: string | undefined) {
  const base = await linkBase(origin);
  const server = base?.endsWith("/") ? base.slice(0, -1) : base;
  if (!server || !QUOTABLE.test(server)) {
    throw new AppError(
      "invalid",
      "No address is known under which clients reach Belfry: set it in Settings → General.",
    );
  }
  const script = quoted(`${server}${AGENT_SCRIPT.path}`);
  const installCommand = `curl -fsSLo belfry-agent.sh ${script} && printf '%s\\n' '${token}' | sh belfry-agent.sh install ${quoted(server)}`;
  return { token, installCommand, scriptSha256: AGENT_SCRIPT.sha256 };
}

function quoted(text: string): string {
  return PLAIN.test(text) ? text : `'${text}'`;
}
