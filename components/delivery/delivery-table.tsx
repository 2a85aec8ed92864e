import { DeliveryStatusBadge } from "@/components/status/delivery-status-badge";
import { TextLink } from "@/components/ui/link-button";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import type { DeliveryKind, DeliveryStatus } from "@/lib/core/delivery";

export interface DeliveryLine {
  id: string;
  title: string;
  status: DeliveryStatus;
  kind: DeliveryKind;
  isTest: boolean;
  eventName: string;
  channelName: string;
  providerLabel: string;
  /** Null where the currentUser may not see other people's addresses. */
  recipient: string | null;
  attemptCount: number;
  reason: string | null;
  /** Milliseconds. */
  createdAt: number;
  dueAt: number | null;
}

const KIND_WORDS: Record<DeliveryKind, string | null> = {
  initial: null,
  recovery: "Recovered",
  reminder: "Reminder",
  digest: "Digest",
  test: null,
  update: "Update",
};

/** Deliveries, newest first. */
export function DeliveryTable({ deliveries }: { deliveries: readonly DeliveryLine[] }) {
  return (
    <Table label="Deliveries" stack="md">
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
            <Td>
              <DeliveryStatusBadge status={delivery.status} isTest={delivery.isTest} />
            </Td>
            <Td>
              <Primary sub={lineOf(delivery)}>
                <TextLink href={`/deliveries/${delivery.id}`}>{delivery.title}</TextLink>
              </Primary>
            </Td>
            <Td label="Channel">
              <Primary sub={delivery.recipient || delivery.providerLabel}>
                <span className="font-normal">{delivery.channelName}</span>
              </Primary>
            </Td>
            <Td label="Attempts" num>
              {delivery.attemptCount}
            </Td>
            <Td label="When" className="whitespace-nowrap">
              <RelativeTime at={delivery.createdAt} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

/** What kind it is, and what went wrong when something did. */
function lineOf({ kind, eventName, reason, status }: DeliveryLine): string {
  const words = [KIND_WORDS[kind], eventName].filter(Boolean).join(", ");
  return reason && status !== "sent" ? `${words}: ${reason}` : words;
}
