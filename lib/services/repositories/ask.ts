import { AppError } from "@/lib/core/errors";
import type { JobIo } from "@/lib/jobs/contract";
import { probe } from "@/lib/jobs/probe";
import type { OpenRepository } from "@/lib/jobs/repositories/contract";
import { secretsOf } from "@/lib/jobs/repositories/open-repository";
import { toRunError } from "@/lib/jobs/run-error";

/** How long a person waits for an answer about a repository, milliseconds: borg may have to read what it knows of it anew. */
const LIMIT_MS = 120_000;

/**
 * Asks a repository something outside of any run.
 * @throws AppError `unavailable` in a sentence, and below it the advice
 */
export async function askRepository<T>(repository: OpenRepository, work: (io: JobIo) => Promise<T>): Promise<T> {
  try {
    return await probe(secretsOf(repository), work, LIMIT_MS);
  } catch (error) {
    throw unavailable(error);
  }
}

/** What a repository did not answer, as an AppError `unavailable` in a sentence, and below it the advice. */
export function unavailable(error: unknown): AppError {
  const { message, advice, proposal } = toRunError(error);
  return new AppError("unavailable", advice ? `${message}\n${advice}` : message, {
    ...(proposal && { proposal: { [proposal.field]: proposal.value } }),
    cause: error,
  });
}
