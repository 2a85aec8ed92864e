import { type BadgeLook, LookBadge } from "@/components/ui/badge";
import type { RunStatus } from "@/lib/core/run";

/** How a run fares, in the one vocabulary: shape, word and colour. */
export const RUN_LOOK: Record<RunStatus, BadgeLook> = {
  queued: { word: "Queued", tone: "neutral", shape: "ring" },
  running: { word: "Running", tone: "info", shape: "dot" },
  success: { word: "Success", tone: "success", shape: "dot" },
  warning: { word: "Warning", tone: "warning", shape: "triangle" },
  failure: { word: "Failed", tone: "failure", shape: "square" },
  canceled: { word: "Canceled", tone: "neutral", shape: "dot" },
};

export function RunStatusBadge({ status }: { status: RunStatus }) {
  return <LookBadge looks={RUN_LOOK} state={status} />;
}
