import { hasUsers } from "@/db/queries/users";
import { systemActor } from "@/lib/auth/access/actor";
import { AppError, isAppError } from "@/lib/core/errors";
import { setupCreate } from "./create";

/**
 * Creates the first administrator from the environment's address and password, once; later starts change nothing.
 * @returns true when it was created now
 * @throws AppError `invalid` when address or password is invalid
 */
export async function ensureAdmin(account: { email: string; password: string }): Promise<boolean> {
  if (await hasUsers()) return false;
  const name = account.email.split("@")[0] || "Admin";
  try {
    await setupCreate.call(systemActor, { ...account, name });
    return true;
  } catch (error) {
    // Another process of the same installation was first.
    if (isAppError(error) && error.code === "conflict") return false;
    const { password } = (isAppError(error) && error.details.fields) || {};
    throw password ? new AppError("invalid", `BELFRY_ADMIN_PASSWORD cannot be used. ${password}`) : error;
  }
}
