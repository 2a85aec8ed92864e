import type { UserRow } from "@/db/stores/users";
import type { Actor } from "@/lib/auth/access/actor";
import { AppError, isAppError } from "@/lib/core/errors";
import { checkOwnPassword } from "@/lib/services/session/check-password";

/**
 * Checks that the person at a signed-in browser knows the account's password; wrong ones count and lock as at sign-in.
 * @throws AppError `invalid` beside the field `current` for a wrong password; `limit` while locked
 */
export async function assertCurrentPassword(user: UserRow, current: string, { address }: Actor): Promise<void> {
  try {
    await checkOwnPassword(user, current, address);
  } catch (error) {
    if (!isAppError(error) || error.code !== "unauthenticated") throw error;
    throw new AppError("invalid", "Some fields are invalid.", { fields: { current: "This is not your password." } });
  }
}
