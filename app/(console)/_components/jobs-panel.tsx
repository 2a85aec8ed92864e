import { JobHeatMap } from "@/components/job/job-heat-map";
import type { JobListItem } from "@/components/job/job-table";
import type { StripDay } from "@/components/status/strip-days";
import { EmptyState } from "@/components/ui/empty-state";
import { TextLink } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";

interface Props {
  /** The worst first. */
  jobs: readonly JobListItem[];
  total: number;
  /** Of all together, where they are too many to be shown one by one. */
  allDays: readonly StripDay[] | null;
}

/** The last 30 days of the jobs that need attention first. */
export function JobsPanel({ jobs, total, allDays }: Props) {
  return (
    <Panel
      title="Jobs"
      padded={false}
      aside={<TextLink href="/jobs">All jobs</TextLink>}
      footer={
        total > jobs.length ? (
          <span className="text-muted">
            The {jobs.length} of {total.toLocaleString("en")} that need attention first.{" "}
            <TextLink href="/jobs?order=health">All jobs</TextLink>
          </span>
        ) : undefined
      }
    >
      {jobs.length > 0 ? (
        <JobHeatMap jobs={jobs} all={allDays && { days: allDays, count: total }} />
      ) : (
        <EmptyState>No jobs to show.</EmptyState>
      )}
    </Panel>
  );
}
