import { surplusArtifacts } from "@/db/queries/artifacts";
import { findRun, type RunRow } from "@/db/queries/runs";
import { forgetArtifact, recordArtifacts } from "@/db/stores/artifacts";
import { settleCanceledRun } from "@/db/stores/cancel-run";
import { claimRunChange, claimRunWithoutEvent } from "@/db/stores/claim-run";
import { newArtifact } from "@/db/stores/new-artifact";
import { appendRunLog } from "@/db/stores/run-logs";
import { requeueRun, settleRunChange } from "@/db/stores/settle-run";
import { UNKNOWN_CONTENTS } from "@/lib/core/backup-contents";
import { formatBytes, pluralize } from "@/lib/core/format-units";
import { emit } from "@/lib/dispatch/emit";
import { artifactPath } from "@/lib/jobs/artifact-path";
import { dumpSourceKind } from "@/lib/jobs/registry";
import { runEventDraft, startedEventDraft } from "@/lib/jobs/run-events";
import { runsCancel } from "@/lib/services/runs/cancel";
import type { Incident } from "./incidents";
import { type DemoJob, SOURCES } from "./inventory";
import type { PastClock } from "./past-clock";
import type { SeededRandom } from "./random";
import { type DemoInstallation, idOf } from "./set-up";

export const WORKER = "seed";
/** Runs at once, as in the runner. */
const LIMIT = 2;

/** The result of a past run. */
export interface PastRunResult {
  status: "success" | "warning" | "failure";
  bytes: number | null;
  files: number | null;
  error: string | null;
  advice: string | null;
}

/** Runs of the past: claimed, logged, recorded and settled by the functions of the runner, without writing any backup. */
export class PastRuns {
  /** The newest backup of each job. */
  readonly newest = new Map<string, string>();

  constructor(
    private readonly clock: PastClock,
    private readonly random: SeededRandom,
    private readonly demo: DemoInstallation,
  ) {}

  /** One backup from claim to settlement. @param age days since the set-up, by which backups grow */
  async backUp(run: RunRow, job: DemoJob, age: number, incident: Incident | undefined): Promise<void> {
    await this.begin(run, job);
    if (incident?.status === "canceled") return this.cancel(run);
    const failed = incident?.status === "failure" ? incident : null;
    for (let attempt = 1; failed && attempt <= job.retries; attempt++) await this.retry(run, failed, attempt);
    if (incident?.error.includes("time limit")) this.clock.pass(3_600_000);
    else this.clock.pass(this.random.between(...job.takesSeconds) * (failed ? 30 : 1_000));
    const usual = (job.bytes + age * job.growsBy) * this.random.between(0.995, 1.005);
    const bytes = Math.round(usual * (incident?.shrunkTo ?? 1));
    const result: PastRunResult = {
      status: incident?.status ?? "success",
      bytes: failed ? null : bytes,
      files: failed ? null : (incident?.files ?? job.files),
      error: incident?.error ?? null,
      advice: incident?.advice ?? null,
    };
    if (!failed) await this.store(run, job, bytes, incident);
    if (incident) await this.log(run, incident.error);
    await this.settle(run, result);
  }

  /** Claims a run; a backup's start is an event. */
  async begin(run: RunRow, job?: DemoJob): Promise<void> {
    const { now } = this.clock;
    const claim = { runId: run.id, workerId: WORKER, now, limit: LIMIT };
    if (!job) {
      await claimRunWithoutEvent(claim);
      return;
    }
    await emit(await startedEventDraft(run, now), claimRunChange(claim));
    await this.log(run, `Backing up ${job.source} to ${job.destinations.join(", ")}`);
  }

  async settle(run: RunRow, result: PastRunResult): Promise<void> {
    const at = this.clock.now;
    const facts = [
      result.bytes === null ? null : formatBytes(result.bytes),
      result.files && pluralize(result.files, "file"),
    ];
    await this.log(run, [`Ended: ${result.status}`, ...facts].filter(Boolean).join(", "));
    const claimed = (await findRun(run.id)) ?? run;
    await emit(
      await runEventDraft(claimed, { ...result, at }),
      settleRunChange({ runId: run.id, workerId: WORKER, at, ...result }),
    );
  }

  private async retry(run: RunRow, { error, advice }: Incident, attempt: number): Promise<void> {
    this.clock.pass(this.random.between(2_000, 9_000));
    await this.log(run, error);
    const notBefore = Math.min(this.clock.now + 30_000 * 2 ** (attempt - 1), this.clock.end);
    await requeueRun(run.id, WORKER, { notBefore, error, advice: advice ?? null });
    this.clock.moveTo(notBefore);
    await claimRunWithoutEvent({ runId: run.id, workerId: WORKER, now: this.clock.now, limit: LIMIT });
    await this.log(run, `Attempt ${attempt + 1}`);
  }

  private async cancel(run: RunRow): Promise<void> {
    this.clock.pass(410_000);
    await runsCancel.call(this.demo.ben, { id: run.id });
    this.clock.pass(1_200);
    await this.log(run, "Canceled.");
    await settleCanceledRun(run.id, WORKER, this.clock.now, "Canceled.");
  }

  private async store(run: RunRow, job: DemoJob, bytes: number, incident: Incident | undefined): Promise<void> {
    const { clock, random, demo } = this;
    const jobId = idOf(demo.jobIds, job.name);
    const kind = SOURCES.find((source) => source.name === job.source)?.kind ?? "";
    const path = artifactPath(job.name, dumpSourceKind(kind)?.extension ?? "bin", job.compression, clock.now);
    const stored = job.destinations.filter((name) => name !== incident?.without);
    const sha256 = random.hex(32);
    await this.log(run, `Stored ${formatBytes(bytes)} as ${path}`);
    await this.log(run, `Read back at ${stored.join(", ")}: checksum equal`);
    const rows = stored.map((name) =>
      newArtifact({
        runId: run.id,
        jobId,
        jobName: job.name,
        destinationId: idOf(demo.destinationIds, name),
        destinationName: name,
        sourceKind: kind,
        compression: job.compression,
        path,
        bytes,
        sha256,
        rawBytes: job.compression === "none" ? bytes : bytes * 3,
        contents: job.files > 1 ? { ...UNKNOWN_CONTENTS, files: incident?.files ?? job.files } : UNKNOWN_CONTENTS,
        suspicion: incident?.shrunkTo === undefined ? null : incident.error,
        createdAt: clock.now,
      }),
    );
    await recordArtifacts(rows);
    if (rows[0]) this.newest.set(job.name, rows[0].id);
    for (const { destinationId } of rows) {
      for (const old of await surplusArtifacts(jobId, destinationId, job.keepLast)) await forgetArtifact(old.id);
    }
  }

  private readonly lines = new Map<string, number>();

  /** One line of a run's log. */
  async log(run: RunRow, text: string): Promise<void> {
    const seq = this.lines.get(run.id) ?? 0;
    this.lines.set(run.id, seq + 1);
    const at = this.clock.now;
    const time = new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
    await appendRunLog(run.id, { seq, at, text: text.replace(/^/gm, `${time} `).concat("\n") });
  }
}
