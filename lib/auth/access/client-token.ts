import { readFault } from "@/db/faults";
import { type CallingClient, clientByToken } from "@/db/queries/clients";
import { AppError, isAppError } from "@/lib/core/errors";
import { hashToken } from "@/lib/core/token";

export const CLIENT_TOKEN_PREFIX = "bfc_";
/** Longer than any token. */
const MAX_HEADER = 200;

/** The token of an `Authorization: Bearer bfc_…` header; null for anything else. */
export function clientTokenOf(header: string | null | undefined): string | null {
  if (!header || header.length > MAX_HEADER) return null;
  const [scheme = "", token = "", ...rest] = header.trim().split(/\s+/);
  return scheme.toLowerCase() === "bearer" && rest.length === 0 && token.startsWith(CLIENT_TOKEN_PREFIX) ? token : null;
}

/**
 * The client whose token it is.
 * @throws AppError `unauthenticated` for a token that nobody has, `forbidden` for one that was revoked
 */
export async function requireClient(token: string | null): Promise<CallingClient> {
  const client = token === null ? null : await clientByToken(hashToken(token)).catch(throwFault);
  if (!client) throw new AppError("unauthenticated", "Send the token of a client: this one is not known.");
  if (client.revokedAt !== null) {
    throw new AppError(
      "forbidden",
      `The token of ${client.name} was revoked. Make a new one on the page of the client.`,
    );
  }
  return client;
}

/**
 * The same, where a token that was revoked is none any more.
 * @throws AppError `unauthenticated`
 */
export async function requireCurrentClient(token: string | null): Promise<CallingClient> {
  return await requireClient(token).catch((error: unknown) => {
    if (isAppError(error) && error.code === "forbidden") throw new AppError("unauthenticated", error.message);
    throw error;
  });
}

function throwFault(error: unknown): never {
  throw readFault(error);
}
