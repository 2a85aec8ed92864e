import { Badge, type BadgeShape, type BadgeTone } from "@/components/ui/badge";
import type { RunStatus } from "@/lib/core/run";

/** How a run fares, in the one vocabulary: shape, word and colour. */
export const RUN_LOOK: Record<RunStatus, { word: string; tone: BadgeTone; shape: BadgeShape }> = {
  queued: { word: "Queued", tone: "neutral", shape: "ring" },
  running: { word: "Running", tone: "info", shape: "dot" },
  success: { word: "Success", tone: "success", shape: "dot" },
  warning: { word: "Warning", tone: "warning", shape: "triangle" },
  failure: { word: "Failed", tone: "failure", shape: "square" },
  canceled: { word: "Canceled", tone: "neutral", shape: "dot" },
};

export function RunStatusBadge({ status }: { status: RunStatus }) {
  const { word, tone, shape } = RUN_LOOK[status];
  return (
    <Badge tone={tone} shape={shape}>
      {word}
    </Badge>
  );
}
