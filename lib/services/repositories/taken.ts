import { allRepositories } from "@/db/queries/repositories";
import { takenFields } from "@/db/stores/repositories";
import { AppError } from "@/lib/core/errors";

/**
 * Asked before anything is made at a location: what could not be stored must not be made.
 * @throws AppError `conflict` when another repository has the name or the location
 */
export async function assertNothingTaken(wanted: { id: string; name?: string; location?: string }): Promise<void> {
  const fields = takenFields(wanted, await allRepositories());
  const [sentence] = Object.values(fields);
  if (sentence) throw new AppError("conflict", sentence, { fields });
}
