import { Badge, StateBadge, type StateStyle } from "@/components/ui/badge";
import type { ShownStatus } from "@/lib/core/delivery";

export const DELIVERY_STATUS_STYLE: Record<ShownStatus, StateStyle> = {
  held: { label: "Held", tone: "neutral", shape: "ring" },
  pending: { label: "Pending", tone: "info", shape: "ring" },
  sending: { label: "Sending", tone: "info", shape: "dot" },
  sent: { label: "Sent", tone: "success", shape: "dot" },
  partial: { label: "Sent in part", tone: "warning", shape: "triangle" },
  dead: { label: "Dead", tone: "failure", shape: "square" },
  canceled: { label: "Canceled", tone: "neutral", shape: "dot" },
  folded: { label: "Folded", tone: "neutral", shape: "ring" },
};

interface Props {
  status: ShownStatus;
  /** A test message: marked beside the status. */
  isTest?: boolean;
}

export function DeliveryStatusBadge({ status, isTest }: Props) {
  return (
    <span className="inline-flex items-center gap-1">
      <StateBadge styles={DELIVERY_STATUS_STYLE} state={status} />
      {isTest && <Badge>Test</Badge>}
    </span>
  );
}
