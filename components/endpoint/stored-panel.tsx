import { ShareBar } from "@/components/chart/share-bar";
import { formatBytes, pluralize } from "@/components/format";
import { TextLink } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";

interface Props {
  /** Of the jobs with the most bytes, the most first. */
  jobs: readonly { id: string | null; name: string; count: number; bytes: number }[];
  /** Of everything that is stored there. */
  totalBytes: number;
}

/** What fills a destination: each job with its share of what is stored; nothing while nothing is. */
export function StoredPanel({ jobs, totalBytes }: Props) {
  if (jobs.length === 0) return null;
  const total = Math.max(totalBytes, 1);
  const others = totalBytes - jobs.reduce((sum, { bytes }) => sum + bytes, 0);
  return (
    <Panel title="What fills it" aside={`${formatBytes(totalBytes)} stored`}>
      <ul className="flex flex-col gap-3">
        {jobs.map(({ id, name, count, bytes }) => {
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
            </li>
          );
        })}
      </ul>
      {others > 0 && <p className="mt-3 text-muted text-sm">Others store {formatBytes(others)}.</p>}
    </Panel>
  );
}
