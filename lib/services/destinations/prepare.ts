import { AppError } from "@/lib/core/errors";
import type { Destination } from "@/lib/jobs/contract";
import { toRunError } from "@/lib/jobs/run-error";

/**
 * Readies the place when a person sets it up: only then is a missing folder made. A run never makes it,
 * because a folder that is gone later is most likely a disk that is not mounted.
 * @throws AppError `invalid`, beside the path
 */
export async function prepare(kind: Destination, config: unknown): Promise<void> {
  try {
    await kind.prepare(kind.parse(config));
  } catch (error) {
    const { message, advice } = toRunError(error);
    throw new AppError("invalid", "Some fields are invalid.", {
      fields: { "config.path": advice ? `${message} ${advice}` : message },
      cause: error,
    });
  }
}
