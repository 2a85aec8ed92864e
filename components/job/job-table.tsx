import type { ShownSchedule } from "@/components/cron/expectation";
import { formatBytes, formatDuration, formatList } from "@/components/format";
import { LabelChips } from "@/components/label/label-chips";
import { msOf } from "@/components/ms-of";
import { runDurationMs, shortError } from "@/components/run/run-labels";
import type { RunListItem } from "@/components/run/run-table";
import { JobHealthBadge } from "@/components/status/job-health-badge";
import { packDays } from "@/components/status/packed-days";
import { RunStatusBadge, runStatusLabel } from "@/components/status/run-status-badge";
import { RunStrip } from "@/components/status/run-strip";
import { Link } from "@/components/ui/link";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import type { ActionResult } from "@/lib/core/action-error";
import type { JobKind } from "@/lib/core/job";
import type { JobHealth } from "@/lib/core/job-health";
import type { Labels } from "@/lib/core/label";
import { SelectJob, SelectShownJobs } from "./job-selection";
import { RunNowButton } from "./run-now-button";

/** A job as lists show it. */
export interface JobListItem {
  id: string;
  name: string;
  kind: JobKind;
  /** Only of a managed job, like its destinations. */
  sourceName?: string;
  destinationNames?: string[];
  /** Only of a job that a client executes. */
  clientName?: string;
  schedule: ShownSchedule | null;
  enabled: boolean;
  health: JobHealth;
  labels: Labels;
  nextRunAt: string | null;
  lastRun: RunListItem | null;
  days: { day: string; success: number; warning: number; failure: number; bytes?: number }[];
}

interface Props {
  jobs: readonly JobListItem[];
  now: number;
  /** Left out for users who may not run jobs, and where the list is read-only. */
  run?: (input: { id: string }) => Promise<ActionResult<{ runId: string }>>;
  /** Each job has a box; a `JobSelection` is around the table. */
  selectable?: boolean;
}

/** What it backs up, or who knows. */
function describeWork({ kind, sourceName, destinationNames = [], clientName }: JobListItem): string {
  if (kind === "client") return `On ${clientName}`;
  return kind === "managed" ? `${sourceName} → ${formatList(destinationNames)}` : "External";
}

export function JobTable({ jobs, now, run, selectable }: Props) {
  return (
    <Table label="Jobs" compact="lg">
      <Thead>
        {selectable && (
          <Th width="w-10">
            <SelectShownJobs shown={jobs.map(({ id }) => id)} />
          </Th>
        )}
        <Th width="w-56">Job</Th>
        <Th>State</Th>
        <Th>Last run</Th>
        <Th>30 days</Th>
        <Th num>Size</Th>
        <Th>Next</Th>
        {run && <Th hidden>Actions</Th>}
      </Thead>
      <Tbody>
        {jobs.map((job) => (
          <Tr key={job.id}>
            {selectable && (
              <Td inCompact="box">
                <SelectJob id={job.id} name={job.name} />
              </Td>
            )}
            <Td inCompact="name">
              <div className="min-w-42">
                <Primary
                  sub={describeWork(job)}
                  compactSub={<WhenItRuns job={job} />}
                  labels={<LabelChips labels={job.labels} list="/jobs" />}
                >
                  <Link href={`/jobs/${job.id}`} className="hover:underline">
                    {job.name}
                  </Link>
                </Primary>
              </div>
            </Td>
            <Td inCompact="state">
              <JobState job={job} />
            </Td>
            <Td className="text-muted">{job.lastRun ? <LastRun run={job.lastRun} now={now} /> : "never"}</Td>
            <Td>
              <RunStrip days={packDays(job.days)} label={job.name} />
            </Td>
            <Td num className="whitespace-nowrap">
              {job.lastRun?.bytes == null ? "–" : formatBytes(job.lastRun.bytes)}
            </Td>
            <Td className="text-muted @min-[1120px]:whitespace-nowrap">
              <NextRun job={job} />
            </Td>
            {run && (
              <Td actions>
                {job.kind !== "external" && <RunNowButton size="sm" jobId={job.id} jobName={job.name} run={run} />}
              </Td>
            )}
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

/** When it ran and when it will. */
function WhenItRuns({ job }: { job: JobListItem }) {
  const { lastRun } = job;
  return (
    <>
      {lastRun ? <RelativeTime at={msOf(lastRun.startedAt ?? lastRun.queuedAt)} /> : "never ran"}
      {" · "}
      {job.enabled && job.schedule && "next "}
      <NextRun job={job} />
    </>
  );
}

/** How the job is doing, beside a run that is under way. */
function JobState({ job: { health, lastRun } }: { job: JobListItem }) {
  const isActive = lastRun?.status === "running" || lastRun?.status === "queued";
  return (
    <span className="flex flex-wrap gap-1">
      {isActive && <RunStatusBadge run={lastRun} />}
      {!(isActive && health === "new") && <JobHealthBadge health={health} />}
    </span>
  );
}

function LastRun({ run, now }: { run: RunListItem; now: number }) {
  const took = runDurationMs(run, now);
  const error = shortError(run.error);
  return (
    <Link href={`/runs/${run.id}`} title={error ?? undefined} className="line-clamp-3 hover:underline">
      <RelativeTime at={msOf(run.startedAt ?? run.queuedAt)} />
      {run.status === "canceled" && `, ${runStatusLabel(run).toLowerCase()}`}
      {error ? `, ${error}` : took !== null && run.finishedAt ? `, took ${formatDuration(took)}` : ""}
    </Link>
  );
}

function NextRun({ job }: { job: JobListItem }) {
  if (!job.enabled) return <>paused</>;
  if (!job.schedule) return <>manual</>;
  return <RelativeTime at={msOf(job.nextRunAt)} />;
}
