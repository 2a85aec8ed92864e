import { StateBadge, type StateStyle } from "@/components/ui/badge";

const STATUS_STYLE = {
  active: { label: "Active", tone: "success", shape: "dot" },
  invited: { label: "Invited", tone: "info", shape: "ring" },
  disabled: { label: "Disabled", tone: "neutral", shape: "ring" },
} as const satisfies Record<string, StateStyle>;

export type UserBadgeStatus = keyof typeof STATUS_STYLE;

export function UserStatusBadge({ status }: { status: UserBadgeStatus }) {
  return <StateBadge styles={STATUS_STYLE} state={status} />;
}
