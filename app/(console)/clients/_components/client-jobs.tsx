import { msOf } from "@/components/ms-of";
import { RunStatusBadge } from "@/components/status/run-status-badge";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Link } from "@/components/ui/link";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import type { ClientDetail } from "@/lib/services/clients/get";

/** The jobs that a client executes, with the last run of each. */
export function ClientJobs({ jobs, allowedJobs }: Pick<ClientDetail, "jobs" | "allowedJobs">) {
  if (jobs.length === 0) {
    return (
      <EmptyState title="No jobs">
        {allowedJobs.length > 0
          ? `Its configuration allows: ${allowedJobs.join(", ")}.`
          : "Its configuration allows none yet: jobs.conf in the folder of its agent."}
      </EmptyState>
    );
  }
  return (
    <Table label="Jobs of this client" stack="sm">
      <Thead>
        <Th>Job</Th>
        <Th>State</Th>
        <Th>Last run</Th>
      </Thead>
      <Tbody>
        {jobs.map(({ id, name, clientJob, enabled, lastRun }) => (
          <Tr key={id}>
            <Td>
              <Primary sub={allowedJobs.includes(clientJob) ? clientJob : `${clientJob}, which it does not allow`}>
                <Link href={`/jobs/${id}`} className="hover:underline">
                  {name}
                </Link>
              </Primary>
            </Td>
            <Td label="State">
              {lastRun ? <RunStatusBadge run={lastRun} /> : <Badge shape="ring">{enabled ? "New" : "Disabled"}</Badge>}
            </Td>
            <Td label="Last run" className="text-muted">
              {lastRun ? (
                <Link href={`/runs/${lastRun.id}`} className="hover:underline">
                  <RelativeTime at={msOf(lastRun.startedAt ?? lastRun.queuedAt)} />
                </Link>
              ) : (
                "never"
              )}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
