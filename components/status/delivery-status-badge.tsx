import { Badge, type BadgeLook, LookBadge } from "@/components/ui/badge";
import type { DeliveryStatus } from "@/lib/core/delivery";

export const DELIVERY_LOOK: Record<DeliveryStatus, BadgeLook> = {
  held: { word: "Held", tone: "neutral", shape: "ring" },
  pending: { word: "Pending", tone: "info", shape: "ring" },
  sending: { word: "Sending", tone: "info", shape: "dot" },
  sent: { word: "Sent", tone: "success", shape: "dot" },
  dead: { word: "Dead", tone: "failure", shape: "square" },
  canceled: { word: "Canceled", tone: "neutral", shape: "dot" },
  folded: { word: "Folded", tone: "neutral", shape: "ring" },
};

interface Props {
  status: DeliveryStatus;
  /** A test message: said beside it. */
  isTest?: boolean;
}

export function DeliveryStatusBadge({ status, isTest }: Props) {
  return (
    <span className="inline-flex items-center gap-1">
      <LookBadge looks={DELIVERY_LOOK} state={status} />
      {isTest && <Badge>Test</Badge>}
    </span>
  );
}
