import { formatBytes } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { RunStatusBadge, type ShownRun } from "@/components/status/run-status-badge";
import { Badge } from "@/components/ui/badge";
import { Link } from "@/components/ui/link";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import { pluralize } from "@/lib/core/format-units";

export interface SyncLine {
  id: string;
  name: string;
  from: { path?: string };
  repositoryName: string | null;
  destinationName: string;
  enabled: boolean;
  files: number;
  bytes: number;
  nextRunAt: string | null;
  afterJobName: string | null;
  lastRun: (ShownRun & { finishedAt: string | null }) | null;
}

/** Syncs, one row each. */
export function SyncTable({ syncs }: { syncs: readonly SyncLine[] }) {
  return (
    <Table label="Syncs" compact="md">
      <Thead>
        <Th>Sync</Th>
        <Th width="w-48">Destination</Th>
        <Th width="w-32">Last run</Th>
        <Th width="w-40">Ended</Th>
        <Th width="w-40">Next run</Th>
        <Th num width="w-40">
          Stored
        </Th>
      </Thead>
      <Tbody>
        {syncs.map((sync) => (
          <Tr key={sync.id} muted={!sync.enabled}>
            <Td inCompact="name">
              <Primary
                sub={sync.repositoryName ? `Repository ${sync.repositoryName}` : sync.from.path || null}
                compactSub={<CompactLine sync={sync} />}
              >
                <Link href={`/syncs/${sync.id}`} className="hover:underline">
                  {sync.name}
                </Link>
              </Primary>
            </Td>
            <Td>{sync.destinationName}</Td>
            <Td inCompact="state">{sync.lastRun ? <RunStatusBadge run={sync.lastRun} /> : "–"}</Td>
            <Td className="text-muted">
              <RelativeTime at={msOf(sync.lastRun?.finishedAt ?? null)} empty="–" />
            </Td>
            <Td className="text-muted">
              <NextRun sync={sync} />
            </Td>
            <Td num>
              {pluralize(sync.files, "file")}, {formatBytes(sync.bytes)}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

/** Where to, when it ran and when it will. */
function CompactLine({ sync }: { sync: SyncLine }) {
  const { destinationName, lastRun, nextRunAt, enabled } = sync;
  return (
    <>
      to {destinationName} · <RelativeTime at={msOf(lastRun?.finishedAt ?? null)} empty="never ran" />
      {" · "}
      {enabled && nextRunAt && "next "}
      {enabled ? <NextRun sync={sync} /> : "disabled"}
    </>
  );
}

function NextRun({ sync: { enabled, nextRunAt, afterJobName } }: { sync: SyncLine }) {
  if (!enabled) return <Badge>Disabled</Badge>;
  if (nextRunAt) return <RelativeTime at={msOf(nextRunAt)} />;
  return afterJobName ? `after ${afterJobName}` : "manual";
}
