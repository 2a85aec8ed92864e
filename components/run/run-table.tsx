import { formatBytes, formatDuration } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { RunStatusBadge } from "@/components/status/run-status-badge";
import { Link } from "@/components/ui/link";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import type { RunKind, RunStatus, RunTrigger } from "@/lib/core/run";
import { RUN_KIND_NAME, shortError, tookMs, triggerText } from "./run-labels";

/** What a list needs to know of a run. */
export interface RunLine {
  id: string;
  name: string;
  kind: RunKind;
  status: RunStatus;
  trigger: RunTrigger;
  actorName: string | null;
  queuedAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  bytes: number | null;
  error: string | null;
}

export function RunTable({ runs, now, label = "Runs" }: { runs: readonly RunLine[]; now: number; label?: string }) {
  return (
    <Table label={label} stack="lg">
      <Thead>
        <Th>Run</Th>
        <Th width="w-32">Status</Th>
        <Th width="w-48">Began</Th>
        <Th num width="w-32">
          Took
        </Th>
        <Th num width="w-28">
          Size
        </Th>
        <Th>Result</Th>
      </Thead>
      <Tbody>
        {runs.map((run) => {
          const took = tookMs(run, now);
          return (
            <Tr key={run.id}>
              <Td>
                <Primary sub={`${RUN_KIND_NAME[run.kind]}, ${triggerText(run)}`}>
                  <Link href={`/runs/${run.id}`} className="hover:underline">
                    {run.name}
                  </Link>
                </Primary>
              </Td>
              <Td label="Status">
                <RunStatusBadge status={run.status} />
              </Td>
              <Td label="Began" className="text-muted">
                {run.startedAt ? (
                  <RelativeTime at={msOf(run.startedAt)} />
                ) : (
                  <RelativeTime
                    at={msOf(run.queuedAt)}
                    prefix={run.status === "queued" ? "waits since " : "asked for "}
                  />
                )}
              </Td>
              <Td label="Took" num className="whitespace-nowrap">
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
