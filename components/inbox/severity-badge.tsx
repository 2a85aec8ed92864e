import { StateBadge, type StateStyle } from "@/components/ui/badge";
import type { Severity } from "@/lib/core/severity";

export const SEVERITY_STYLE: Record<Severity, StateStyle> = {
  critical: { label: "Critical", tone: "failure", shape: "square" },
  warning: { label: "Warning", tone: "warning", shape: "triangle" },
  info: { label: "Info", tone: "info", shape: "dot" },
};

/** How bad an entry is. */
export function SeverityBadge({ severity }: { severity: Severity }) {
  return <StateBadge styles={SEVERITY_STYLE} state={severity} />;
}
