import { randomInt } from "node:crypto";
import { hasUsers } from "@/db/queries/users";
import { setRuntimeValue } from "@/lib/core/runtime";
import type { Env } from "@/lib/env";
import { ensureAdmin } from "@/lib/services/setup/ensure-admin";

/** Without letters and digits that look alike. */
const CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789";

/**
 * Prepares the first account: creates it from the environment, or else makes a one-time code that `/setup` asks for from any
 * address but loopback, so that nobody else on the network can create it.
 * @returns the message of the start, given the address that people open
 * @throws AppError `invalid` when the account in the environment is invalid
 */
export async function prepareFirstAccount(env: Env): Promise<(address: string) => string> {
  setRuntimeValue("setupCode", null);
  if (env.firstAdmin && (await ensureAdmin(env.firstAdmin))) {
    const { email } = env.firstAdmin;
    return () => `The first account was created: ${email}\n`;
  }
  if (await hasUsers()) return () => "";
  const code = newCode();
  setRuntimeValue("setupCode", code);
  return (address) =>
    `Create the first account at ${address}/setup\nFrom another machine it asks for this code: ${code}\n`;
}

/** Eight characters in two groups; with slowed attempts, guessing it is infeasible. */
function newCode(): string {
  const letters = Array.from({ length: 8 }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]);
  return `${letters.slice(0, 4).join("")}-${letters.slice(4).join("")}`;
}
