import { StateBadge, type StateStyle } from "@/components/ui/badge";
import type { RunStatus } from "@/lib/core/run";

/** Label, tone and shape of each run status. */
export const RUN_STATUS_STYLE: Record<RunStatus, StateStyle> = {
  queued: { label: "Queued", tone: "neutral", shape: "ring" },
  running: { label: "Running", tone: "info", shape: "dot" },
  success: { label: "Success", tone: "success", shape: "dot" },
  warning: { label: "Warning", tone: "warning", shape: "triangle" },
  failure: { label: "Failed", tone: "failure", shape: "square" },
  canceled: { label: "Canceled", tone: "neutral", shape: "dot" },
};

export function RunStatusBadge({ status }: { status: RunStatus }) {
  return <StateBadge styles={RUN_STATUS_STYLE} state={status} />;
}
