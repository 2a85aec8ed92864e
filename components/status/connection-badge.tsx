import { StateBadge, type StateStyle } from "@/components/ui/badge";
import type { ConnectionState } from "@/lib/core/connection";

/** Label, tone and shape of each state of a connection. */
const CONNECTION_STYLE: Record<ConnectionState, StateStyle> = {
  unknown: { label: "Not checked yet", tone: "neutral", shape: "ring" },
  online: { label: "Online", tone: "success", shape: "dot" },
  missing: { label: "Not reached", tone: "warning", shape: "triangle" },
  offline: { label: "Offline", tone: "failure", shape: "square" },
};

/** The same as the badge, in words. */
export function connectionLabel(state: ConnectionState): string {
  return CONNECTION_STYLE[state].label;
}

/** Whether a source or destination was reached at the last look. */
export function ConnectionBadge({ state }: { state: ConnectionState }) {
  return <StateBadge styles={CONNECTION_STYLE} state={state} />;
}
