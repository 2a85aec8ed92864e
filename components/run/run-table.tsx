import { formatBytes, formatDuration } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { RunStatusBadge } from "@/components/status/run-status-badge";
import { Link } from "@/components/ui/link";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import type { RunKind, RunReasonCode, RunStatus, RunTrigger } from "@/lib/core/run";
import { describeTrigger, RUN_KIND_NAME, runDurationMs, shortError } from "./run-labels";

/** A run as lists show it. */
export interface RunListItem {
  id: string;
  name: string;
  kind: RunKind;
  status: RunStatus;
  reasonCode: RunReasonCode | null;
  trigger: RunTrigger;
  actorName: string | null;
  queuedAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  bytes: number | null;
  error: string | null;
}

export function RunTable({ runs, now, label = "Runs" }: { runs: readonly RunListItem[]; now: number; label?: string }) {
  return (
    <Table label={label} stack="lg">
      <Thead>
        <Th>Run</Th>
        <Th width="w-32">Status</Th>
        <Th width="w-48">Started</Th>
        <Th num width="w-32">
          Duration
        </Th>
        <Th num width="w-28">
          Size
        </Th>
        <Th>Result</Th>
      </Thead>
      <Tbody>
        {runs.map((run) => {
          const took = runDurationMs(run, now);
          return (
            <Tr key={run.id}>
              <Td>
                <Primary sub={`${RUN_KIND_NAME[run.kind]}, ${describeTrigger(run)}`}>
                  <Link href={`/runs/${run.id}`} className="hover:underline">
                    {run.name}
                  </Link>
                </Primary>
              </Td>
              <Td label="Status">
                <RunStatusBadge run={run} />
              </Td>
              <Td label="Started" className="text-muted">
                {run.startedAt ? (
                  <RelativeTime at={msOf(run.startedAt)} />
                ) : (
                  <RelativeTime at={msOf(run.queuedAt)} prefix="queued " />
                )}
              </Td>
              <Td label="Duration" num className="whitespace-nowrap">
                {took === null ? "–" : formatDuration(took)}
              </Td>
              <Td label="Size" num className="whitespace-nowrap">
                {run.bytes === null ? "–" : formatBytes(run.bytes)}
              </Td>
              <Td label={run.error ? "Result" : undefined} className="text-muted">
                {shortError(run.error)}
              </Td>
            </Tr>
          );
        })}
      </Tbody>
    </Table>
  );
}
