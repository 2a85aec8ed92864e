import { ShareBar } from "@/components/chart/share-bar";
import { SparkLine } from "@/components/chart/spark-line";
import { formatBytes, formatDay, pluralize } from "@/components/format";
import { TextLink } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";

interface StoredJob {
  id: string | null;
  name: string;
  count: number;
  bytes: number;
  /** What they took on each day on which that was counted, the oldest first. */
  days: readonly { day: string; bytes: number }[];
}

interface Props {
  /** Of the jobs with the most bytes, the most first. */
  jobs: readonly StoredJob[];
  /** Of everything that is stored there. */
  totalBytes: number;
  now: number;
}

const DAYS = 90;
const DAY_MS = 86_400_000;

/** What fills a destination: each job with its share of what is stored; nothing while nothing is. */
export function StoredPanel({ jobs, totalBytes, now }: Props) {
  if (jobs.length === 0) return null;
  const total = Math.max(totalBytes, 1);
  const others = totalBytes - jobs.reduce((sum, { bytes }) => sum + bytes, 0);
  return (
    <Panel title="What fills it" aside={`${formatBytes(totalBytes)} stored`}>
      <ul className="flex flex-col gap-3">
        {jobs.map((job) => {
          const { id, name, count, bytes } = job;
          const share = (bytes / total) * 100;
          return (
            <li key={`${id} ${name} ${bytes}`} className="flex flex-col gap-1">
              <span className="flex flex-wrap items-baseline justify-between gap-x-4">
                {id === null ? <span>{name}</span> : <TextLink href={`/jobs/${id}`}>{name}</TextLink>}
                <span className="num text-muted text-sm">
                  {formatBytes(bytes)} ({share < 1 ? "less than 1" : Math.round(share)} %), {pluralize(count, "backup")}
                </span>
              </span>
              <ShareBar percent={share} />
              <StoredTrend days={job.days} now={now} />
            </li>
          );
        })}
      </ul>
      {others > 0 && <p className="mt-3 text-muted text-sm">Others store {formatBytes(others)}.</p>}
    </Panel>
  );
}

/** What the backups of one job took over the last 90 days; nothing until that was counted on two of them. */
function StoredTrend({ days, now }: Pick<StoredJob, "days"> & { now: number }) {
  const [first] = days;
  const last = days.at(-1);
  if (!first || !last || days.length < 2) return null;
  const points = days.map(({ day, bytes }) => ({ at: Date.parse(day), value: bytes }));
  const description = `${formatBytes(first.bytes)} on ${nameOf(first.day)}, ${formatBytes(last.bytes)} on ${nameOf(last.day)}; at most ${formatBytes(Math.max(...days.map(({ bytes }) => bytes)))}`;
  return <SparkLine points={points} from={now - DAYS * DAY_MS} to={now} description={description} />;
}

/** Days are those of UTC, in which they were counted. */
function nameOf(day: string): string {
  return formatDay(Date.parse(day), "UTC");
}
