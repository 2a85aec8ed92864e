import type { ReactNode } from "react";
import { Facts } from "@/components/ui/facts";
import { Note } from "@/components/ui/note";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";

/** Times in milliseconds. */
export interface ChannelHealthFacts {
  state: "healthy" | "retrying" | "paused";
  isEnabled: boolean;
  retryingSince: number | null;
  pausedUntil: number | null;
  failingSince: number | null;
  lastSuccessAt: number | null;
  lastErrorAt: number | null;
  lastError: string | null;
}

/** How a channel is doing, and what Belfry does about it. */
export function ChannelHealthPanel({ health, today }: { health: ChannelHealthFacts; today: ReactNode }) {
  return (
    <Panel title="Health">
      <div className="flex flex-col gap-3">
        <Situation health={health} />
        <Facts
          items={[
            { label: "Today", value: today },
            { label: "Last delivered", value: <RelativeTime at={health.lastSuccessAt} empty="never" /> },
            { label: "Last error", value: <RelativeTime at={health.lastErrorAt} empty="none" /> },
            health.lastError
              ? { label: "It said", value: <span className="font-mono text-xs">{health.lastError}</span> }
              : { label: "", value: null },
          ]}
        />
      </div>
    </Panel>
  );
}

function Situation({ health }: { health: ChannelHealthFacts }) {
  if (!health.isEnabled) return <Note>Switched off: nothing is sent through it.</Note>;
  if (health.state === "paused") {
    return (
      <Note tone="warning">
        The service asked for silence. Belfry goes on <RelativeTime at={health.pausedUntil} empty="soon" />; what waits
        is kept.
      </Note>
    );
  }
  if (health.state === "retrying" || health.failingSince !== null) {
    return (
      <Note tone="failure">
        In trouble since <RelativeTime at={health.retryingSince ?? health.failingSince} empty="a moment ago" />. Belfry
        keeps trying one delivery at a time and sends the rest when it works again.
      </Note>
    );
  }
  if (health.lastSuccessAt === null) return <Note>Nothing has been sent through it yet.</Note>;
  return null;
}
