import { TextLink } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";
import type { Tone } from "@/lib/core/tone";
import { type ChannelUsageSummary, isUsed } from "./channel-usage";
import { SubscribedBadges } from "./subscribed-badges";
import { UsageLinks } from "./usage-links";

interface Props {
  channelId: string;
  usedBy: ChannelUsageSummary;
  events: readonly string[];
  types: readonly { type: string; name: string; tone: Tone }[];
  canChange: boolean;
}

/** What uses a channel: jobs, system events, subscriptions. */
export function UsedByPanel({ channelId, usedBy, events, types, canChange }: Props) {
  const isIdle = !isUsed(usedBy) && events.length === 0;
  return (
    <Panel title="Used by">
      {isIdle ? (
        <p className="text-muted text-sm">
          Nothing sends through this channel yet.{" "}
          {canChange && (
            <>
              Add it to <TextLink href="/settings/notifications">the global channels</TextLink> or to{" "}
              <TextLink href="/jobs">a job</TextLink>.
            </>
          )}
        </p>
      ) : (
        <div className="flex flex-col gap-3">
          {isUsed(usedBy) && <UsageLinks channelId={channelId} usedBy={usedBy} />}
          {events.length > 0 && (
            <div className="flex flex-col gap-1.5 text-sm">
              <p className="text-muted">Subscribed to</p>
              <SubscribedBadges events={events} types={types} />
            </div>
          )}
        </div>
      )}
    </Panel>
  );
}
