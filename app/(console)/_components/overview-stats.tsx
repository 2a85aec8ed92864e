import { formatBytes, formatLatency, pluralize } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { RelativeTime } from "@/components/ui/relative-time";
import { Stat, StatGrid } from "@/components/ui/stat";

export interface OverviewFigures {
  jobs: { total: number };
  protectedBytes: number;
  artifacts: number;
  last24h: { good: number; missed: number; total: number };
  nextRun: { jobId: string; jobName: string; at: string; timezone: string } | null;
  notifications24h: { sent: number; dead: number; pending: number; slowestMs: number | null };
}

interface Props {
  overview: OverviewFigures;
  /** The reader sees some clients only, and no page about restores or deliveries. */
  isLimited: boolean;
}

/** Key figures: stored backups, runs of the last day, the next run and notifications. */
export function OverviewStats({ overview, isLimited }: Props) {
  const { last24h, nextRun, notifications24h } = overview;
  const [bytes = "0", unit = "B"] = formatBytes(overview.protectedBytes).split(" ");
  return (
    <StatGrid>
      <Stat
        label="Stored"
        value={bytes}
        unit={unit}
        note={`${pluralize(overview.jobs.total, "job")}, ${pluralize(overview.artifacts, "backup")} kept`}
        {...(!isLimited && { href: "/restore" })}
      />
      <Stat
        label="Last 24 hours"
        value={last24h.good}
        unit={`/ ${last24h.total.toLocaleString("en")}`}
        note={dayNote(last24h)}
        href="/runs"
      />
      <Stat
        label="Next run"
        value={
          nextRun ? (
            <span className="text-lg sm:text-2xl">
              <RelativeTime at={msOf(nextRun.at)} />
            </span>
          ) : (
            "None"
          )
        }
        note={nextRun ? nextRun.jobName : "no job is scheduled"}
        href={nextRun ? `/jobs/${nextRun.jobId}` : "/jobs"}
      />
      <Stat
        label="Notifications, last 24 hours"
        value={notifications24h.sent}
        note={notificationNote(notifications24h)}
        {...(!isLimited && { href: "/deliveries" })}
      />
    </StatGrid>
  );
}

function dayNote({ missed, total }: OverviewFigures["last24h"]): string {
  if (total === 0) return "no runs finished";
  const runs = `${total === 1 ? "run" : "runs"} succeeded`;
  return missed === 0 ? runs : `${runs}, ${missed} missed`;
}

function notificationNote({ sent, dead, pending, slowestMs }: OverviewFigures["notifications24h"]): string {
  const parts: string[] = [];
  if (dead > 0) parts.push(`${dead} failed`);
  if (pending > 0) parts.push(`${pending} waiting`);
  if (parts.length > 0) return parts.join(", ");
  if (sent === 0) return "none were needed";
  return slowestMs === null ? "all delivered" : `all delivered, slowest ${formatLatency(slowestMs)}`;
}
