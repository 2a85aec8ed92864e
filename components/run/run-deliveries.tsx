import Link from "next/link";
import { msOf } from "@/components/ms-of";
import { DeliveryStatusBadge } from "@/components/status/delivery-status-badge";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import type { DeliveryStatus } from "@/lib/core/delivery";

export interface RunDelivery {
  id: string;
  channelName: string;
  providerLabel: string;
  recipient: string | null;
  status: DeliveryStatus;
  title: string;
  reason: string | null;
  isTest: boolean;
  createdAt: string;
  settledAt: string | null;
}

/** Whom a run told, and whether it got there. */
export function RunDeliveries({ deliveries }: { deliveries: readonly RunDelivery[] }) {
  return (
    <Table label="Deliveries of this run" stack="md">
      <Thead>
        <Th>Channel</Th>
        <Th>Status</Th>
        <Th>Text</Th>
        <Th>When</Th>
      </Thead>
      <Tbody>
        {deliveries.map((delivery) => (
          <Tr key={delivery.id}>
            <Td>
              <Primary sub={delivery.recipient || delivery.providerLabel}>
                <Link href={`/deliveries/${delivery.id}`} className="hover:underline">
                  {delivery.channelName}
                </Link>
              </Primary>
            </Td>
            <Td label="Status">
              <DeliveryStatusBadge status={delivery.status} isTest={delivery.isTest} />
            </Td>
            <Td label="Text" className="text-muted">
              <span>
                {delivery.title}
                {delivery.reason && delivery.status !== "sent" && (
                  <span className="block text-xs">{delivery.reason}</span>
                )}
              </span>
            </Td>
            <Td label="When" className="text-muted">
              <RelativeTime at={msOf(delivery.settledAt ?? delivery.createdAt)} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
