import { loggerOf } from "@/lib/core/logger";
import { sharedState } from "@/lib/core/runtime";
import { probe } from "@/lib/jobs/probe";
import type { Archive, ArchiveSize, OpenRepository } from "@/lib/jobs/repositories/contract";
import { secretsOf } from "@/lib/jobs/repositories/open-repository";
import { repositoryProgram } from "@/lib/jobs/repositories/registry";

const log = loggerOf("repositories");

/** How long a list waits for sizes, milliseconds: what is not measured by then is at the next time. */
const LIMIT_MS = 15_000;
const MOST_REMEMBERED = 20_000;

/** Archives never change. */
const remembered = sharedState("repositories.archiveSizes", () => new Map<string, ArchiveSize>());

/**
 * Measures archives that were not measured yet. A list without sizes is better than none: what fails is logged.
 * @returns the size of an archive; undefined: not known
 */
export async function measureArchives(
  repository: OpenRepository,
  range: { archives: readonly Archive[]; from: number; to: number },
): Promise<(archive: Archive) => ArchiveSize | undefined> {
  const keyOf = ({ id }: Archive) => `${repository.id} ${id}`;
  const isKnown = (archive: Archive) => remembered.has(keyOf(archive));
  const { archives } = range;
  let { from, to } = range;
  while (from < to && isKnown(archives[from] as Archive)) from++;
  while (to > from && isKnown(archives[to - 1] as Archive)) to--;
  if (from < to) {
    if (remembered.size > MOST_REMEMBERED) remembered.clear();
    const { sizes } = repositoryProgram(repository.kind);
    const measure = (archive: Archive, size: ArchiveSize) => remembered.set(keyOf(archive), size);
    await probe(secretsOf(repository), (io) => sizes(repository, { archives, from, to }, measure, io), LIMIT_MS).catch(
      (error: unknown) => log.warn("could not measure archives", { repositoryId: repository.id, error }),
    );
  }
  return (archive) => remembered.get(keyOf(archive));
}
