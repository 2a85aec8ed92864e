import { findProfile, type ProfileWithRules } from "@/db/queries/profiles";
import { AppError } from "@/lib/core/errors";

/** @throws AppError `not_found` */
export async function requireProfile(id: string): Promise<ProfileWithRules> {
  const found = await findProfile(id);
  if (!found) throw new AppError("not_found", "There is no such profile.");
  return found;
}
