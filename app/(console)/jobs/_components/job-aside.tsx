import { formatBytes, formatDuration } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { RUN_KIND_NAME, runDurationMs, shortError } from "@/components/run/run-labels";
import type { RunListItem } from "@/components/run/run-table";
import { RunStatusBadge } from "@/components/status/run-status-badge";
import { Facts } from "@/components/ui/facts";
import { Link } from "@/components/ui/link";
import { TextLink } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import type { JobView, ManagedJobView } from "@/lib/services/jobs/view";
import { BackupTrend } from "./backup-trend";
import type { TrendBackup } from "./trend-of";

interface Props {
  job: JobView;
  runs: readonly RunListItem[];
  backups: readonly TrendBackup[];
  timezone: string;
}

type Trust = Pick<ManagedJobView, "lastPlausible" | "lastProven" | "usualDurationMs">;

function trustFacts({ lastPlausible, lastProven, usualDurationMs }: Trust) {
  return [
    {
      label: "Last plausible",
      value: lastPlausible ? (
        <TextLink href={`/runs/${lastPlausible.runId}`}>
          <RelativeTime at={msOf(lastPlausible.createdAt)} />
        </TextLink>
      ) : (
        "none yet"
      ),
    },
    {
      label: "Last verified",
      value: lastProven ? (
        <span>
          <TextLink href={`/runs/${lastProven.runId}`}>
            <RelativeTime at={msOf(lastProven.createdAt)} />
          </TextLink>
          <span className="block text-faint text-xs">
            restored <RelativeTime at={msOf(lastProven.provenAt)} />
          </span>
        </span>
      ) : (
        "none restored yet"
      ),
    },
    { label: "Usual duration", value: usualDurationMs !== null && formatDuration(usualDurationMs) },
  ];
}

/** Beside a job's settings: its last runs and its stored backups. */
export function JobAside({ job, runs, backups, timezone }: Props) {
  const jobId = job.id;
  // Another program runs it, and stores its backups.
  const isExternal = job.kind === "external";
  const storesItself = job.kind === "managed" && job.storesItself;
  const newest = backups[0];
  return (
    <>
      <Panel title={isExternal ? "Expected" : "Stored"}>
        <Facts
          items={[
            ...(isExternal || storesItself
              ? []
              : [
                  {
                    label: "Backups",
                    value:
                      backups.length === 0 ? (
                        "none yet"
                      ) : (
                        <TextLink href={`/restore?jobId=${jobId}`}>{backups.length}</TextLink>
                      ),
                  },
                ]),
            { label: "Newest", value: newest && <RelativeTime at={msOf(newest.createdAt)} /> },
            { label: "Size", value: newest && <span className="num">{formatBytes(newest.bytes)}</span> },
            ...(job.kind === "managed" ? trustFacts(job) : []).filter(
              ({ label }) => !storesItself || label === "Usual duration",
            ),
            {
              label: "Restore",
              value: storesItself && (
                <span>
                  <TextLink href={`/jobs/${jobId}/archives`}>Archives</TextLink>
                  <span className="block text-faint text-xs">
                    by the source's own program; Belfry has no copy to test
                  </span>
                </span>
              ),
            },
            {
              label: isExternal ? "Next report" : "Next run",
              value: <RelativeTime at={msOf(job.enabled ? job.nextRunAt : null)} empty="none" />,
            },
          ]}
        />
      </Panel>
      <BackupTrend backups={backups} timezone={timezone} />
      <LastRuns jobId={jobId} runs={runs} />
    </>
  );
}

function LastRuns({ jobId, runs }: { jobId: string; runs: readonly RunListItem[] }) {
  const now = Date.now();
  return (
    <Panel
      title="Last runs"
      padded={false}
      aside={runs.length > 0 && <TextLink href={`/runs?jobId=${jobId}`}>All</TextLink>}
    >
      {runs.length === 0 ? (
        <p className="p-4 text-muted text-sm">It has not run yet.</p>
      ) : (
        <ul>
          {runs.map((run) => {
            const took = runDurationMs(run, now);
            return (
              <li key={run.id} className="border-line border-b last:border-b-0">
                <Link
                  href={`/runs/${run.id}`}
                  className="flex min-h-10 flex-wrap items-center gap-x-3 px-4 py-2 text-sm transition-colors hover:bg-hover"
                >
                  <RunStatusBadge run={run} />
                  <span className="text-muted">
                    {run.kind !== "backup" && `${RUN_KIND_NAME[run.kind]}, `}
                    <RelativeTime at={msOf(run.startedAt ?? run.queuedAt)} />
                  </span>
                  <span className="num ml-auto text-faint text-xs">
                    {run.bytes !== null
                      ? formatBytes(run.bytes)
                      : took !== null && run.finishedAt
                        ? formatDuration(took)
                        : ""}
                  </span>
                  {run.error && <span className="w-full text-muted text-xs">{shortError(run.error)}</span>}
                </Link>
              </li>
            );
          })}
        </ul>
      )}
    </Panel>
  );
}
