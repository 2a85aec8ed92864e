import { assignLanes, type Span } from "@/components/chart/lanes";
import { classNames } from "@/components/class-names";
import { formatDateTime, formatTimeOfDay, pluralize } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { runDurationMs } from "@/components/run/run-labels";
import type { RunListItem } from "@/components/run/run-table";
import { runStatusLabel } from "@/components/status/run-status-badge";
import { Link } from "@/components/ui/link";
import { TextLink } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";
import type { RunStatus } from "@/lib/core/run";

const HALF_MS = 12 * 3_600_000;
const WIDTH = 1_200;
const HEIGHT = 36;
const LEAST = 4;
const TOP = 6;
/** Of more runs at once the others lie over each other. */
const MOST_LANES = 6;
const SHOWN = 8;

const FILL: Record<RunStatus, string> = {
  queued: "fill-line-strong",
  running: "fill-info",
  success: "fill-success opacity-80",
  warning: "fill-warning",
  failure: "fill-failure",
  canceled: "fill-line-strong",
};

interface Upcoming {
  jobId: string;
  jobName: string;
  at: string;
}

interface Props {
  /** The newest first. */
  runs: readonly RunListItem[];
  /** Older ones were left out. */
  hasMore: boolean;
  /** The soonest first. */
  upcoming: readonly Upcoming[];
  /** Others were left out. */
  hasMoreUpcoming: boolean;
  timezone: string;
  now: number;
}

/** What ran in the last twelve hours and what will in the next, on one line; the next jobs by name. */
export function TonightPanel({ runs, hasMore, upcoming, hasMoreUpcoming, timezone, now }: Props) {
  const ran = runs.flatMap((run) => {
    const at = msOf(run.startedAt ?? run.queuedAt);
    return at !== null && at > now - HALF_MS ? [{ ...run, at }] : [];
  });
  const next = upcoming.flatMap((job) => {
    const at = msOf(job.at);
    return at !== null && at < now + HALF_MS ? [{ ...job, at }] : [];
  });
  // By name each job once, at its next run.
  const jobs = next.filter((run, index) => next.findIndex(({ jobId }) => jobId === run.jobId) === index);
  const bars = [...ran.map((run) => barOfRun(run, timezone, now)), ...next.map((job) => barOfJob(job, timezone, now))];
  bars.sort((a, b) => a.from - b.from);
  const { laneOf, lanes } = assignLanes(bars, MOST_LANES);
  const failed = ran.filter(({ status }) => status === "failure").length;
  const isCut = hasMore && ran.length === runs.length;
  const description = `${isCut ? "the newest " : ""}${pluralize(ran.length, "run")} in the last 12 hours, ${failed} failed; ${hasMoreUpcoming ? "more than " : ""}${pluralize(next.length, "run")} in the next 12${lanes > 1 ? `; up to ${lanes}${lanes === MOST_LANES ? " or more" : ""} at once` : ""}`;
  const height = (HEIGHT - TOP) / lanes;
  const oldest = isCut ? Math.min(...ran.map(({ at }) => xOf(at, now))) : 0;
  return (
    <Panel title="Tonight" aside={description}>
      <svg
        role="img"
        aria-label={description}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="h-9 w-full border-line border-b"
      >
        {oldest > 0 && (
          <rect x={0} y={0} width={oldest} height={HEIGHT} className="fill-hover">
            <title>Earlier runs are in the list of runs</title>
          </rect>
        )}
        {bars.map((bar, index) => (
          <rect
            key={bar.key}
            x={bar.from}
            // From the bottom upwards; a gap parts the lanes.
            y={HEIGHT - (laneOf[index] ?? 0) * height - (height - (lanes > 1 ? 1 : 0))}
            width={bar.to - bar.from}
            height={height - (lanes > 1 ? 1 : 0)}
            className={bar.fill}
          >
            <title>{bar.title}</title>
          </rect>
        ))}
        <rect x={WIDTH / 2} y={0} width={2} height={HEIGHT} className="fill-ink" />
      </svg>
      <p aria-hidden="true" className="num mt-1 flex justify-between text-faint text-xs">
        {[-2, -1, 0, 1, 2].map((step) => (
          <span key={step} className={classNames(step === 0 && "font-medium text-ink")}>
            {step === 0 ? "now" : formatTimeOfDay(now + (step * HALF_MS) / 2, timezone)}
          </span>
        ))}
      </p>
      {jobs.length > 0 && (
        <ul aria-label="Next runs" className="mt-3 grid gap-x-6 text-sm sm:grid-cols-2 lg:grid-cols-4">
          {jobs.slice(0, SHOWN).map(({ jobId, jobName, at }) => (
            <li key={jobId} className="flex min-w-0">
              <Link
                href={`/jobs/${jobId}`}
                className="flex min-h-7 min-w-0 items-center gap-2 hover:underline"
                title={jobName}
              >
                <span className="num text-muted">{formatTimeOfDay(at, timezone)}</span>
                <span className="truncate">{jobName}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {jobs.length > SHOWN && (
        <p className="mt-2 text-muted text-sm">
          and {jobs.length - SHOWN} more. <TextLink href="/jobs">All jobs</TextLink>
        </p>
      )}
    </Panel>
  );
}

/** A run or a job as the line shows it. */
interface TimelineBar extends Span {
  key: string;
  fill: string;
  title: string;
}

function barOfRun(run: RunListItem & { at: number }, timezone: string, now: number): TimelineBar {
  const from = xOf(run.at, now);
  return {
    key: run.id,
    from,
    to: from + Math.max(LEAST, widthOf(runDurationMs(run, now) ?? 0)),
    fill: FILL[run.status],
    title: `${run.name}, ${formatDateTime(run.at, timezone)}: ${runStatusLabel(run)}`,
  };
}

function barOfJob({ jobId, jobName, at }: Omit<Upcoming, "at"> & { at: number }, timezone: string, now: number) {
  const from = xOf(at, now);
  const title = `${jobName}, ${formatDateTime(at, timezone)}`;
  return { key: `${jobId} ${at}`, from, to: from + LEAST, fill: "fill-control", title };
}

function xOf(at: number, now: number): number {
  return Math.round(((at - now + HALF_MS) / (2 * HALF_MS)) * WIDTH);
}

function widthOf(durationMs: number): number {
  return Math.round((durationMs / (2 * HALF_MS)) * WIDTH);
}
