import { listedKind } from "@/components/delivery/delivery-kind-labels";
import { msOf } from "@/components/ms-of";
import { DeliveryStatusBadge } from "@/components/status/delivery-status-badge";
import { Link } from "@/components/ui/link";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import type { DeliveryKind, ShownStatus } from "@/lib/core/delivery";

export interface RunDelivery {
  id: string;
  channelName: string;
  providerLabel: string;
  recipient: string | null;
  kind: DeliveryKind;
  status: ShownStatus;
  title: string;
  reason: string | null;
  isTest: boolean;
  createdAt: string;
  dueAt: string;
  settledAt: string | null;
}

/** Notifications of a run with their delivery status. */
export function RunDeliveries({ deliveries }: { deliveries: readonly RunDelivery[] }) {
  return (
    <Table label="Deliveries of this run" stack="md">
      <Thead>
        <Th>Channel</Th>
        <Th>Status</Th>
        <Th>Notification</Th>
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
            <Td label="Notification" className="text-muted">
              <span>
                {kindPrefix(delivery.kind)}
                {delivery.title}
                {delivery.reason && delivery.status !== "sent" && (
                  <span className="block text-xs">{delivery.reason}</span>
                )}
              </span>
            </Td>
            <Td label="When" className="text-muted">
              <RelativeTime
                at={msOf(delivery.settledAt ?? (isFutureReminder(delivery) ? delivery.dueAt : delivery.createdAt))}
              />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

function kindPrefix(kind: DeliveryKind): string {
  const label = listedKind(kind);
  return label ? `${label}: ` : "";
}

/** A reminder that is sent only if the alert is still open then. */
function isFutureReminder({ status, kind }: RunDelivery): boolean {
  return status === "pending" && kind === "reminder";
}
