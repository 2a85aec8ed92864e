import { LabelChips } from "@/components/label/label-chips";
import { msOf } from "@/components/ms-of";
import { Badge } from "@/components/ui/badge";
import { Link } from "@/components/ui/link";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import type { ClientDisk, ClientStatus } from "@/lib/core/client";
import type { Labels } from "@/lib/core/label";
import { ClientStatusBadge } from "./client-status";
import { FullestDisk } from "./disk-list";

export interface ClientLine {
  id: string;
  name: string;
  labels: Labels;
  status: ClientStatus;
  revokedAt: string | null;
  muted: boolean;
  hostname: string | null;
  lastSeenAt: string | null;
  version: string | null;
  disks: ClientDisk[];
}

/** Clients, one row each. */
export function ClientTable({ clients }: { clients: readonly ClientLine[] }) {
  return (
    <Table label="Clients" compact="md">
      <Thead>
        <Th>Client</Th>
        <Th width="w-60">Status</Th>
        <Th width="w-40">Last seen</Th>
        <Th width="w-48">Fullest disk</Th>
        <Th width="w-24">Agent</Th>
      </Thead>
      <Tbody>
        {clients.map((client) => (
          <Tr key={client.id} muted={client.revokedAt !== null}>
            <Td inCompact="name">
              <Primary
                compactSub={<CompactLine client={client} />}
                sub={client.hostname === client.name ? null : client.hostname}
                labels={<LabelChips labels={client.labels} list="/clients" />}
              >
                <Link href={`/clients/${client.id}`} className="hover:underline">
                  {client.name}
                </Link>
              </Primary>
            </Td>
            <Td inCompact="state">
              <span className="flex flex-wrap gap-1.5">
                <ClientStatusBadge status={client.status} revokedAt={client.revokedAt} />
                {client.muted && <Badge>Muted</Badge>}
              </span>
            </Td>
            <Td className="text-muted">
              <RelativeTime at={msOf(client.lastSeenAt)} empty="never" />
            </Td>
            <Td>
              <FullestDisk disks={client.disks} />
            </Td>
            <Td className="num text-muted">{client.version ?? "–"}</Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

/** Its host, and when it was seen. */
function CompactLine({ client: { name, hostname, lastSeenAt } }: { client: ClientLine }) {
  return (
    <>
      {hostname && hostname !== name && `${hostname} · `}
      <RelativeTime at={msOf(lastSeenAt)} prefix="seen " empty="never seen" />
    </>
  );
}
