import { DeliveryStatusBadge } from "@/components/status/delivery-status-badge";
import { TextLink } from "@/components/ui/link-button";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import type { DeliveryKind, ShownStatus } from "@/lib/core/delivery";
import { listedKind } from "./delivery-kind-labels";

export interface DeliveryListItem {
  id: string;
  title: string;
  status: ShownStatus;
  kind: DeliveryKind;
  isTest: boolean;
  eventName: string;
  channelName: string;
  providerLabel: string;
  /** Null where the user may not see the addresses of others. */
  recipient: string | null;
  attemptCount: number;
  reason: string | null;
  /** Milliseconds. */
  createdAt: number;
  dueAt: number | null;
}

/** Deliveries, newest first. */
export function DeliveryTable({ deliveries }: { deliveries: readonly DeliveryListItem[] }) {
  return (
    <Table label="Deliveries" compact="md">
      <Thead>
        <Th width="w-px">Status</Th>
        <Th>Notification</Th>
        <Th>Channel</Th>
        <Th num>Attempts</Th>
        <Th>When</Th>
      </Thead>
      <Tbody>
        {deliveries.map((delivery) => (
          <Tr key={delivery.id} muted={delivery.status === "canceled" || delivery.status === "folded"}>
            <Td inCompact="state">
              <DeliveryStatusBadge status={delivery.status} isTest={delivery.isTest} />
            </Td>
            <Td inCompact="name">
              <Primary sub={describeDelivery(delivery)} compactSub={<CompactLine delivery={delivery} />}>
                <TextLink href={`/deliveries/${delivery.id}`}>{delivery.title}</TextLink>
              </Primary>
            </Td>
            <Td>
              <Primary sub={delivery.recipient || delivery.providerLabel}>
                <span className="font-normal">{delivery.channelName}</span>
              </Primary>
            </Td>
            <Td num>{delivery.attemptCount}</Td>
            <Td className="whitespace-nowrap">
              <RelativeTime at={delivery.createdAt} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

/** When and where it went, and why not. */
function CompactLine({ delivery: { createdAt, channelName, reason, status } }: { delivery: DeliveryListItem }) {
  return (
    <>
      <RelativeTime at={createdAt} />
      {` · ${channelName}`}
      {reason && status !== "sent" && ` · ${reason}`}
    </>
  );
}

/** Kind and event, and the reason unless it was sent. */
function describeDelivery({ kind, eventName, reason, status }: DeliveryListItem): string {
  const text = [listedKind(kind), eventName].filter(Boolean).join(", ");
  return reason && status !== "sent" ? `${text}: ${reason}` : text;
}
