import { StateBadge, type StateStyle } from "@/components/ui/badge";
import type { ClientStatus } from "@/lib/core/client";

const STATUS_STYLE = {
  new: { label: "Waiting for the first contact", tone: "info", shape: "ring" },
  online: { label: "Online", tone: "success", shape: "dot" },
  offline: { label: "Offline", tone: "warning", shape: "triangle" },
  revoked: { label: "Token revoked", tone: "neutral", shape: "ring" },
} as const satisfies Record<ClientStatus | "revoked", StateStyle>;

/** The same as the badge, in words. */
export function clientStatusLabel({ status, revokedAt }: { status: ClientStatus; revokedAt: string | null }): string {
  return STATUS_STYLE[revokedAt ? "revoked" : status].label;
}

/** Whether a client reports, or why it cannot. */
export function ClientStatusBadge({ status, revokedAt }: { status: ClientStatus; revokedAt: string | null }) {
  return <StateBadge styles={STATUS_STYLE} state={revokedAt ? "revoked" : status} />;
}
