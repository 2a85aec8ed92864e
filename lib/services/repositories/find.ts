import { findRepository, type RepositoryWithState } from "@/db/queries/repositories";
import { noSuchRepository } from "@/db/stores/repositories";

/** @throws AppError `not_found` */
export async function requireRepository(id: string): Promise<RepositoryWithState> {
  const found = await findRepository(id);
  if (!found) throw noSuchRepository();
  return found;
}
