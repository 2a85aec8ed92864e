import type { ReactNode } from "react";
import type { HealthState } from "@/components/status/channel-health-badge";
import { Facts } from "@/components/ui/facts";
import { Note } from "@/components/ui/note";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";

/** Times in milliseconds. */
export interface ChannelHealthFacts {
  state: HealthState;
  isEnabled: boolean;
  /** Deliveries are still to be sent. */
  hasWaiting: boolean;
  retryingSince: number | null;
  pausedUntil: number | null;
  failingSince: number | null;
  lastSuccessAt: number | null;
  lastErrorAt: number | null;
  lastError: string | null;
}

/** Health of a channel, and what Belfry does about a problem. */
export function ChannelHealthPanel({ health, today }: { health: ChannelHealthFacts; today: ReactNode }) {
  return (
    <Panel title="Health">
      <div className="flex flex-col gap-3">
        <HealthNote health={health} />
        <Facts
          items={[
            { label: "Today", value: today },
            { label: "Last success", value: <RelativeTime at={health.lastSuccessAt} empty="never" /> },
            { label: "Last error", value: <RelativeTime at={health.lastErrorAt} empty="none" /> },
            health.lastError
              ? { label: "Error message", value: <span className="font-mono text-xs">{health.lastError}</span> }
              : { label: "", value: null },
          ]}
        />
      </div>
    </Panel>
  );
}

function HealthNote({ health }: { health: ChannelHealthFacts }) {
  if (!health.isEnabled) return <Note>Disabled: nothing is sent through this channel.</Note>;
  if (health.state === "paused") {
    return (
      <Note tone="warning">
        The service asked for a pause. Sending resumes <RelativeTime at={health.pausedUntil} empty="soon" />; queued
        deliveries are kept.
      </Note>
    );
  }
  if (health.state === "retrying" || health.failingSince !== null) {
    return (
      <Note tone="failure">
        {health.failingSince === null ? "Retrying" : "Failing"} since{" "}
        <RelativeTime at={health.retryingSince ?? health.failingSince} empty="a moment ago" />. {outlookOf(health)}
      </Note>
    );
  }
  if (health.lastSuccessAt === null) return <Note>Nothing has been sent through this channel yet.</Note>;
  return null;
}

/** What is sent next; nothing is promised for deliveries that failed for good. */
function outlookOf({ state, hasWaiting }: ChannelHealthFacts): string {
  if (state !== "retrying")
    return "Notifications that failed are not sent again by themselves; new ones are tried at once.";
  return hasWaiting
    ? "Belfry retries one delivery at a time and sends the others that wait after the first success."
    : "Nothing waits to be sent, and what failed is not sent again by itself; the next notification is tried.";
}
