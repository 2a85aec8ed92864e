import { Badge, type BadgeShape, type BadgeTone } from "@/components/ui/badge";

export type UserStatus = "active" | "invited" | "disabled";

const LOOK: Record<UserStatus, { word: string; tone: BadgeTone; shape: BadgeShape }> = {
  active: { word: "Active", tone: "success", shape: "dot" },
  invited: { word: "Invited", tone: "info", shape: "ring" },
  disabled: { word: "Disabled", tone: "neutral", shape: "ring" },
};

export function UserStatusBadge({ status }: { status: UserStatus }) {
  const { word, tone, shape } = LOOK[status];
  return (
    <Badge tone={tone} shape={shape}>
      {word}
    </Badge>
  );
}
