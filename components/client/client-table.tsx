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
    <Table label="Clients">
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
            <Td>
              <Primary
                sub={client.hostname === client.name ? null : client.hostname}
                labels={<LabelChips labels={client.labels} list="/clients" />}
              >
                <Link href={`/clients/${client.id}`} className="hover:underline">
                  {client.name}
                </Link>
              </Primary>
            </Td>
            <Td label="Status">
              <span className="flex flex-wrap gap-1.5">
                <ClientStatusBadge status={client.status} revokedAt={client.revokedAt} />
                {client.muted && <Badge>Muted</Badge>}
              </span>
            </Td>
            <Td label="Last seen" className="text-muted">
              <RelativeTime at={msOf(client.lastSeenAt)} empty="never" />
            </Td>
            <Td label="Fullest disk">
              <FullestDisk disks={client.disks} />
            </Td>
            <Td label="Agent" className="num text-muted">
              {client.version ?? "–"}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
