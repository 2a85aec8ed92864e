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
    <Table label={label} compact="lg">
      <Thead>
        <Th width="w-72">Run</Th>
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
              <Td inCompact="name">
                <Primary
                  sub={`${RUN_KIND_NAME[run.kind]}, ${describeTrigger(run)}`}
                  compactSub={<CompactLine run={run} took={took} />}
                >
                  <Link href={`/runs/${run.id}`} className="hover:underline">
                    {run.name}
                  </Link>
                </Primary>
              </Td>
              <Td inCompact="state">
                <RunStatusBadge run={run} />
              </Td>
              <Td className="text-muted">
                <Started run={run} />
              </Td>
              <Td num className="whitespace-nowrap">
                {took === null ? "–" : formatDuration(took)}
              </Td>
              <Td num className="whitespace-nowrap">
                {run.bytes === null ? "–" : formatBytes(run.bytes)}
              </Td>
              <Td className="text-muted">{shortError(run.error)}</Td>
            </Tr>
          );
        })}
      </Tbody>
    </Table>
  );
}

function Started({ run: { startedAt, queuedAt } }: { run: RunListItem }) {
  if (startedAt) return <RelativeTime at={msOf(startedAt)} />;
  return <RelativeTime at={msOf(queuedAt)} prefix="queued " />;
}

/** When it ran, and why it failed or how long it took for how much. */
function CompactLine({ run, took }: { run: RunListItem; took: number | null }) {
  const error = shortError(run.error);
  const facts = error
    ? [error]
    : [took !== null && formatDuration(took), run.bytes !== null && formatBytes(run.bytes)].filter(Boolean);
  return (
    <>
      <Started run={run} />
      {facts.map((fact) => ` · ${fact}`)}
    </>
  );
}
