import type { JobIo } from "../contract";
import { startError } from "../run-error";
import { requireReachable } from "./access";
import { LOCK_ADVICE } from "./borg-messages";
import type { OpenRepository } from "./contract";
import { resticLockHolders } from "./restic-locks";
import { runRestic } from "./restic-run";

/**
 * Proves that no other program works on a restic repository. restic takes locks for its own work only, so what begins to write
 * afterwards is not kept out: what it adds is not copied, and what it removes fails the copy.
 * @returns what ends it @throws RunError where a program that may be alive holds a lock
 */
export async function holdRestic(repository: OpenRepository, io: JobIo): Promise<() => Promise<void>> {
  await requireReachable(repository, io);
  // Removes the locks of processes that are gone.
  await runRestic(repository, { args: ["unlock"] }, io);
  const [holder] = await resticLockHolders(repository, io);
  if (holder) throw startError(`${repository.name} is locked by ${holder.name}.`, LOCK_ADVICE);
  return async () => undefined;
}
