import { Badge, StateBadge, type StateStyle } from "@/components/ui/badge";

const HEALTH_STYLE = {
  healthy: { label: "Healthy", tone: "success", shape: "dot" },
  retrying: { label: "Retrying", tone: "warning", shape: "triangle" },
  paused: { label: "Paused", tone: "info", shape: "ring" },
} as const satisfies Record<string, StateStyle>;

export type HealthState = keyof typeof HEALTH_STYLE;

interface Props {
  health: HealthState;
  enabled?: boolean;
  /** Retrying for so long that the other channels were notified. */
  failing?: boolean;
  /** Whether anything was sent through it; until then nobody knows. */
  isTested?: boolean;
}

/** Health of a channel. Disabled takes precedence, then failing. */
export function ChannelHealthBadge({ health, enabled = true, failing = false, isTested = true }: Props) {
  if (!enabled) return <Badge shape="ring">Disabled</Badge>;
  if (failing) {
    return (
      <Badge tone="failure" shape="square">
        Failing
      </Badge>
    );
  }
  if (health === "healthy" && !isTested) return <Badge shape="ring">Not tested</Badge>;
  return <StateBadge styles={HEALTH_STYLE} state={health} />;
}
