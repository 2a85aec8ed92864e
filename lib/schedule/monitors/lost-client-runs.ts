import { openClientRuns } from "@/db/queries/client-runs";
import { installationPause } from "@/db/queries/installation";
import { jobFacts } from "@/db/queries/job-facts";
import { failLostClientRunChange } from "@/db/stores/client-runs";
import type { RunRow } from "@/db/stores/runs";
import { describeStarter } from "@/lib/core/run";
import { backupFailed } from "@/lib/events/backup-failed";
import { type LossReason, lossOf } from "../lost-client-run";
import { defineMonitor, type MonitorFinding } from "./define-monitor";
import { listeningSpan } from "./listening-span";

/**
 * Runs of clients end. One that nobody took in its time, and one whose client went offline while it was under way, was removed or
 * lost its token, fails on the rules of its job. A later report of success corrects it.
 */
export const lostClientRuns = defineMonitor({
  name: "client run monitor",
  everyMs: 5_000,
  topics: ["clients"],
  eventType: backupFailed.type,
  appliesTo: ({ hasScheduler }) => hasScheduler,
  async check(_now, context, watch) {
    const span = await listeningSpan(context, watch);
    // A copy leaves the clients to its original until a person has decided.
    if (!span || (await installationPause()) !== null) return [];
    const open = await openClientRuns();
    const busy = new Set(
      open.flatMap(({ run }) => (run.status === "running" ? [`${run.clientId} ${run.clientJob}`] : [])),
    );
    const findings: MonitorFinding[] = [];
    for (const one of open) {
      const { run } = one;
      const reason = lossOf(one, span, busy.has(`${run.clientId} ${run.clientJob}`));
      if (!reason) continue;
      findings.push(await findingOf(run, span.now, reason));
    }
    return findings;
  },
});

async function findingOf(run: RunRow, at: number, reason: LossReason): Promise<MonitorFinding> {
  const { id, startedAt, attempts } = run;
  const jobId = run.jobId ?? id;
  const facts = await jobFacts(jobId, run.name);
  const ended = { id, status: "failure", startedAt, finishedAt: at, bytes: null, files: null, attempts };
  const { error, advice } = reason;
  return {
    subject: { kind: "job", id: jobId, name: facts.job?.name ?? run.name },
    problem: { ...facts, startedBy: describeStarter(run), run: ended, error, ...(advice && { advice }) },
    change: failLostClientRunChange(run, at, reason),
  };
}
