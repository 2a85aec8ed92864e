import { StateBadge, type StateStyle } from "@/components/ui/badge";

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

const OTHER_STYLE = {
  disabled: { label: "Disabled", tone: "neutral", shape: "ring" },
  failing: { label: "Failing", tone: "failure", shape: "square" },
  untested: { label: "Not tested", tone: "neutral", shape: "ring" },
} as const satisfies Record<string, StateStyle>;

const STYLE = { ...HEALTH_STYLE, ...OTHER_STYLE };

/** Disabled takes precedence, then failing. */
function shownState({ health, enabled = true, failing = false, isTested = true }: Props): keyof typeof STYLE {
  if (!enabled) return "disabled";
  if (failing) return "failing";
  return health === "healthy" && !isTested ? "untested" : health;
}

/** Health of a channel. */
export function ChannelHealthBadge(props: Props) {
  return <StateBadge styles={STYLE} state={shownState(props)} />;
}

/** The same as the badge, in words: `Retrying`. */
export function channelHealthLabel(props: Props): string {
  return STYLE[shownState(props)].label;
}
