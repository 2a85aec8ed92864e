import { Badge } from "@/components/ui/badge";
import type { SilenceView } from "@/lib/services/silences/view";

/** Whether a silence is on. */
export function SilenceBadge({ state }: Pick<SilenceView, "state">) {
  if (state === "on")
    return (
      <Badge tone="system" shape="square">
        On
      </Badge>
    );
  return <Badge>{state === "scheduled" ? "Scheduled" : "Ended"}</Badge>;
}
