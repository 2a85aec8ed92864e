import { msOf } from "@/components/ms-of";
import { Badge } from "@/components/ui/badge";
import { RelativeTime } from "@/components/ui/relative-time";
import type { ApiKeyView } from "@/lib/services/api-keys/view";

/** When a key expires, marked when that is soon or past. */
export function KeyExpiry({ apiKey: { state, expiresAt } }: { apiKey: ApiKeyView }) {
  if (expiresAt === null) return <>never</>;
  if (state === "expired") {
    return (
      <Badge tone="failure" shape="square">
        Expired <RelativeTime at={msOf(expiresAt)} />
      </Badge>
    );
  }
  if (state === "expiring") {
    return (
      <Badge tone="warning" shape="triangle">
        Expires <RelativeTime at={msOf(expiresAt)} />
      </Badge>
    );
  }
  return <RelativeTime at={msOf(expiresAt)} />;
}

/** The account that a key goes with, where it is not its maker's, or may not sign in. */
export function KeyOwner({ apiKey: { createdBy, owner, state } }: { apiKey: ApiKeyView }) {
  if (!owner || state === "revoked") return null;
  if (owner.status === "deleted" || owner.status === "disabled") {
    return (
      <Badge tone="warning" shape="triangle">
        Account {owner.status}
      </Badge>
    );
  }
  if (owner.name === createdBy) return null;
  return <span className="block text-faint text-xs">goes with {owner.name}</span>;
}
