import { AppError } from "@/lib/core/errors";
import type { OpenRepository } from "@/lib/jobs/repositories/contract";
import { repositoryProgram } from "@/lib/jobs/repositories/registry";
import { LATEST_ARCHIVE } from "./archive-fields";
import { askRepository } from "./ask";

/**
 * The name of the archive that was asked for; `latest` is the newest, as borgmatic and restic read that word.
 * @throws AppError `not_found` where the repository has none yet
 */
export async function resolveArchive(repository: OpenRepository, asked: string): Promise<string> {
  if (asked !== LATEST_ARCHIVE) return asked;
  const [newest] = await askRepository(repository, (io) => repositoryProgram(repository.kind).archives(repository, io));
  if (!newest) throw new AppError("not_found", "This repository has no archive yet, so there is no latest one.");
  return newest.name;
}
