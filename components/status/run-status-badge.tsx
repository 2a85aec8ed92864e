import { StateBadge, type StateStyle } from "@/components/ui/badge";
import type { RunReasonCode, RunStatus } from "@/lib/core/run";

/** How a run ended, as a list or a page has it. */
export interface ShownRun {
  status: RunStatus;
  reasonCode: RunReasonCode | null;
}

/** Label, tone and shape of each run status. */
export const RUN_STATUS_STYLE: Record<RunStatus, StateStyle> = {
  queued: { label: "Queued", tone: "neutral", shape: "ring" },
  running: { label: "Running", tone: "info", shape: "dot" },
  success: { label: "Success", tone: "success", shape: "dot" },
  warning: { label: "Warning", tone: "warning", shape: "triangle" },
  failure: { label: "Failed", tone: "failure", shape: "square" },
  canceled: { label: "Canceled", tone: "neutral", shape: "dot" },
};

/** Why a run was canceled is its status for people: nobody canceled a skipped one. */
const SKIPPED: StateStyle = { ...RUN_STATUS_STYLE.canceled, label: "Skipped" };

/** The word for how a run ended. */
export function runStatusLabel(run: ShownRun): string {
  return styleOf(run).label;
}

export function RunStatusBadge({ run }: { run: ShownRun }) {
  return <StateBadge styles={{ ...RUN_STATUS_STYLE, [run.status]: styleOf(run) }} state={run.status} />;
}

function styleOf({ status, reasonCode }: ShownRun): StateStyle {
  return status === "canceled" && reasonCode === "skipped" ? SKIPPED : RUN_STATUS_STYLE[status];
}
