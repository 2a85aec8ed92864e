import { randomInt } from "node:crypto";
import { hasUsers } from "@/db/queries/users";
import { setRuntimeValue } from "@/lib/core/runtime";
import type { Env } from "@/lib/env";
import { ensureAdmin } from "@/lib/services/setup/ensure-admin";

/** Without letters and digits that are taken for one another. */
const CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789";

/**
 * Sees to the first account: from the environment, or else by a one-time code that `/setup` asks for from any
 * address but loopback, so that on a machine in a network nobody is faster than its owner.
 * @returns what the start says of it, given the address that people open
 * @throws AppError `invalid` when the environment's account will not do
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

/** Eight characters in two groups; with the attempts slowed down, that is far more than can be guessed. */
function newCode(): string {
  const letters = Array.from({ length: 8 }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]);
  return `${letters.slice(0, 4).join("")}-${letters.slice(4).join("")}`;
}
