import { type BadgeLook, LookBadge } from "@/components/ui/badge";

export type UserStatus = "active" | "invited" | "disabled";

const LOOK: Record<UserStatus, BadgeLook> = {
  active: { word: "Active", tone: "success", shape: "dot" },
  invited: { word: "Invited", tone: "info", shape: "ring" },
  disabled: { word: "Disabled", tone: "neutral", shape: "ring" },
};

export function UserStatusBadge({ status }: { status: UserStatus }) {
  return <LookBadge looks={LOOK} state={status} />;
}
