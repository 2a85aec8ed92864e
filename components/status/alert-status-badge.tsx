import { Badge, type BadgeShape, type BadgeTone } from "@/components/ui/badge";
import type { AlertStatus } from "@/lib/core/alert";

export const ALERT_LOOK: Record<AlertStatus, { word: string; tone: BadgeTone; shape: BadgeShape }> = {
  firing: { word: "Firing", tone: "failure", shape: "square" },
  acknowledged: { word: "Acknowledged", tone: "neutral", shape: "ring" },
  resolved: { word: "Resolved", tone: "success", shape: "dot" },
};

export function AlertStatusBadge({ status }: { status: AlertStatus }) {
  const { word, tone, shape } = ALERT_LOOK[status];
  return (
    <Badge tone={tone} shape={shape}>
      {word}
    </Badge>
  );
}
