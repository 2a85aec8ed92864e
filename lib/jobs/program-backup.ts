import type { ManagedJob } from "@/db/queries/jobs";
import { backupSizesOfJob } from "@/db/queries/runs";
import { UNKNOWN_CONTENTS } from "@/lib/core/backup-contents";
import { formatBytes, pluralize } from "@/lib/core/format-units";
import type { ReportedArchive } from "@/lib/core/reported-archive";
import { requireAnswers } from "./bind-source";
import type { IoFor, ProgramSource } from "./contract";
import type { OpenSource } from "./endpoints";
import { requireMounts } from "./mounts";
import { BASELINE_SIZE, judgePlausibility } from "./plausibility";
import { fileError, RunError } from "./run-error";
import { cutError, type RunResult, successResult } from "./run-result";

/**
 * One attempt of a job whose source stores its backups by itself: it is started and followed, and what it reports is compared
 * with the job's backups before it. Nothing of what it stores is Belfry's to remove.
 * @throws RunError when no backup was made
 */
export async function backUpWithProgram(
  job: ManagedJob,
  source: OpenSource<ProgramSource>,
  ioFor: IoFor,
): Promise<RunResult> {
  const { kind, config, name } = source;
  const io = ioFor(source.secrets);
  await requireMounts(`The source ${name}`, source.mounts);
  await requireAnswers(kind.localPaths(config), io);
  const { archives, warnings, skipped } = await kind.backUp(config, io).catch((error: unknown) => {
    throw fileError(error, `The source ${name}`);
  });
  if (skipped !== null) {
    io.log(skipped);
    const nothing = { bytes: null, files: null, advice: null, kind: null };
    return { ...nothing, status: "canceled", reasonCode: "skipped", error: cutError(skipped) };
  }
  for (const archive of archives) io.log(describe(archive));
  const bytes = mostOf(archives, ({ originalBytes }) => originalBytes);
  const files = mostOf(archives, ({ files: count }) => count);
  const suspicion = await suspicionOf(job, bytes, files);
  const problems = [...(suspicion === null ? [] : [suspicion]), ...warnings];
  for (const problem of problems) io.log(problem);
  const contents = { ...UNKNOWN_CONTENTS, files };
  return { ...successResult(bytes, files, problems), contents, archives };
}

/** Every repository gets the same: the largest archive is what was backed up. */
function mostOf(
  archives: readonly ReportedArchive[],
  value: (archive: ReportedArchive) => number | null,
): number | null {
  const known = archives.map(value).filter((one) => one !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/**
 * Compares with the job's runs before it. @returns why it is suspect; null: it is not
 * @throws RunError when there is nothing in it
 */
async function suspicionOf(job: ManagedJob, bytes: number | null, files: number | null): Promise<string | null> {
  const measured = (rawBytes: number | null, count: number | null) => ({
    rawBytes,
    contents: { ...UNKNOWN_CONTENTS, files: count },
  });
  const earlier = await backupSizesOfJob(job.id, BASELINE_SIZE);
  const before = earlier.map((one) => ({ ...measured(one.bytes, one.files), isAccepted: false }));
  const { kind, reason } = judgePlausibility(measured(bytes, files), before, job);
  if (kind !== "empty") return reason;
  throw new RunError(`${reason} The archive is there, and holds nothing to restore.`, {
    advice:
      "Is the disk mounted that the configuration names? If it may be empty, say so under Advanced in the job's settings.",
  });
}

function describe({ name, repository, label, files, originalBytes, deduplicatedBytes }: ReportedArchive): string {
  const facts = [
    ...(files === null ? [] : [pluralize(files, "file")]),
    ...(originalBytes === null ? [] : [formatBytes(originalBytes)]),
    ...(deduplicatedBytes === null ? [] : [`of which ${formatBytes(deduplicatedBytes)} are new`]),
  ];
  return `Made ${name} in ${label || repository}${facts.length > 0 ? `: ${facts.join(", ")}` : ""}`;
}
