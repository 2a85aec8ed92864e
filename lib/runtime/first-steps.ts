import { hasUsers } from "@/db/queries/users";
import { setRuntimeValue } from "@/lib/core/runtime";
import type { Env } from "@/lib/env";
import { deriveKey } from "@/lib/secrets/key";
import { ensureAdmin } from "@/lib/services/setup/ensure-admin";

/** Without letters and digits that look alike. */
const CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789";
const CODE_GROUPS = 3;
const GROUP_LETTERS = 4;

/**
 * Prepares the first account: creates it from the environment, or else makes the code that `/setup` asks every caller
 * for, so that nobody but a reader of the start's output can create it.
 * @param mark the check value of the installation
 * @returns the message of the start, given the address that people open
 * @throws AppError `invalid` when the account in the environment is invalid
 */
export async function prepareFirstAccount(env: Env, mark: string): Promise<(address: string) => string> {
  setRuntimeValue("setupCode", null);
  if (env.firstAdmin && (await ensureAdmin(env.firstAdmin))) {
    const { email } = env.firstAdmin;
    return () => `The first account was created: ${email}\n`;
  }
  if (await hasUsers()) return () => "";
  const code = codeOf(mark);
  setRuntimeValue("setupCode", code);
  return (address) =>
    `Create the first account at ${address}/setup?code=${code}\nAt another address of this machine the page asks for the code: ${code}\n`;
}

/**
 * Twelve characters in three groups, which nobody guesses. Drawn from the key and the database, so that every process
 * of an installation has the same one, also after a restart.
 */
function codeOf(mark: string): string {
  const bytes = deriveKey(`setup code of ${mark}`);
  const letterAt = (at: number) => CODE_LETTERS[bytes.readUInt16BE(at * 2) % CODE_LETTERS.length];
  return Array.from({ length: CODE_GROUPS }, (_, group) =>
    Array.from({ length: GROUP_LETTERS }, (_, at) => letterAt(group * GROUP_LETTERS + at)).join(""),
  ).join("-");
}
