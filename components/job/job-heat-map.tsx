import { HeatRow } from "@/components/chart/heat-row";
import { pluralize } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { JobHealthBadge } from "@/components/status/job-health-badge";
import { packDays } from "@/components/status/packed-days";
import type { StripDay } from "@/components/status/strip-days";
import { Link } from "@/components/ui/link";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import type { JobListItem } from "./job-table";

interface Props {
  /** The worst first. */
  jobs: readonly Pick<JobListItem, "id" | "name" | "health" | "days" | "lastRun" | "nextRunAt" | "enabled">[];
  /** All jobs together, where they are more than these. */
  all: { days: readonly StripDay[]; count: number } | null;
}

/** Jobs by days: how each went over the last 30 days, in a row of cells. */
export function JobHeatMap({ jobs, all }: Props) {
  return (
    <Table label="Jobs" compact="md">
      <Thead>
        <Th width="w-64">Job</Th>
        <Th width="w-28">State</Th>
        <Th>Last 30 days</Th>
        <Th width="w-36">Last run</Th>
        <Th width="w-36">Next</Th>
      </Thead>
      <Tbody>
        {all && (
          <Tr>
            <Td inCompact="name">
              <Primary sub="The share of runs that failed">
                <Link href="/jobs" className="hover:underline">
                  All {pluralize(all.count, "job")}
                </Link>
              </Primary>
            </Td>
            <Td />
            <Cells>
              <HeatRow days={packDays(all.days)} label="All jobs" isOfMany />
            </Cells>
            <Td />
            <Td />
          </Tr>
        )}
        {jobs.map((job) => (
          <Tr key={job.id}>
            <Td inCompact="name">
              <Primary>
                <Link href={`/jobs/${job.id}`} className="hover:underline">
                  {job.name}
                </Link>
              </Primary>
            </Td>
            <Td inCompact="state">
              <JobHealthBadge health={job.health} />
            </Td>
            <Cells>
              <HeatRow days={packDays(job.days)} label={job.name} jobId={job.id} />
            </Cells>
            <Td className="text-muted">
              {job.lastRun ? (
                <Link href={`/runs/${job.lastRun.id}`} className="hover:underline">
                  <RelativeTime at={msOf(job.lastRun.startedAt ?? job.lastRun.queuedAt)} />
                </Link>
              ) : (
                "never"
              )}
            </Td>
            <Td className="text-muted">
              {job.enabled ? <RelativeTime at={msOf(job.nextRunAt)} empty="manual" /> : "paused"}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

/** As wide as there is room, also below the name. */
function Cells({ children }: { children: React.ReactNode }) {
  return <Td inCompact="actions">{children}</Td>;
}
