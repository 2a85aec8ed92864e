import { StateBadge, type StateStyle } from "@/components/ui/badge";
import type { JobHealth } from "@/lib/core/job-health";

/** Label, tone and shape of each health of a job. */
export const JOB_HEALTH_STYLE: Record<JobHealth, StateStyle> = {
  failing: { label: "Failing", tone: "failure", shape: "square" },
  overdue: { label: "Overdue", tone: "failure", shape: "square" },
  late: { label: "Late", tone: "warning", shape: "triangle" },
  warning: { label: "Warning", tone: "warning", shape: "triangle" },
  new: { label: "New", tone: "neutral", shape: "ring" },
  healthy: { label: "Healthy", tone: "success", shape: "dot" },
  paused: { label: "Paused", tone: "neutral", shape: "ring" },
};

export function JobHealthBadge({ health }: { health: JobHealth }) {
  return <StateBadge styles={JOB_HEALTH_STYLE} state={health} />;
}
