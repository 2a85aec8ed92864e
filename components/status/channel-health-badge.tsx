import { Badge, type BadgeLook, LookBadge } from "@/components/ui/badge";

export type ChannelHealth = "healthy" | "retrying" | "paused";

const LOOK: Record<ChannelHealth, BadgeLook> = {
  healthy: { word: "Healthy", tone: "success", shape: "dot" },
  retrying: { word: "ErrorNotice", tone: "warning", shape: "triangle" },
  paused: { word: "Paused", tone: "info", shape: "ring" },
};

interface Props {
  health: ChannelHealth;
  enabled?: boolean;
  /** Long enough in trouble that the other channels were told. */
  failing?: boolean;
}

/** How a channel fares. Switched off comes first, then failing. */
export function ChannelHealthBadge({ health, enabled = true, failing = false }: Props) {
  if (!enabled) return <Badge shape="ring">Disabled</Badge>;
  if (failing) {
    return (
      <Badge tone="failure" shape="square">
        Failing
      </Badge>
    );
  }
  return <LookBadge looks={LOOK} state={health} />;
}
