import { plausibleBackups } from "@/db/queries/artifacts";
import type { ManagedJob } from "@/db/queries/jobs";
import type { BackupContents } from "@/lib/core/backup-contents";
import type { BoundDestination } from "../bind-destination";
import { BASELINE_SIZE, judgePlausibility } from "../plausibility";
import { RunError } from "../run-error";
import type { Written } from "./verify";

/**
 * Compares what was stored with the job's backups before it. A backup of nothing is removed again.
 * @returns why the backup is suspect; null: it is not
 * @throws RunError when there is nothing in it
 */
export async function requireContents(
  job: ManagedJob,
  written: Written,
  contents: BackupContents,
  destinations: readonly BoundDestination[],
): Promise<{ suspicion: string | null }> {
  const earlier = await plausibleBackups(job.id, BASELINE_SIZE);
  const verdict = judgePlausibility(
    { rawBytes: written.raw.bytes, contents },
    earlier.map((one) => ({ ...one, isAccepted: one.acceptedAt !== null })),
    job,
  );
  if (verdict.kind !== "empty") return { suspicion: verdict.reason };
  await Promise.all(destinations.map((destination) => destination.discard(written.path)));
  throw new RunError(`${verdict.reason} Nothing was stored, and no earlier backup was removed.`, {
    advice:
      "Is its disk mounted, and is it the right place? If it may be empty, say so under Advanced in the job's settings.",
  });
}
