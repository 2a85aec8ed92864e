"use client";

import { TextLink } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";
import type { ChannelOption } from "@/lib/services/channels/options";
import { ChannelChips } from "./channel-chips";
import { SettingError } from "./setting-error";
import type { ChoicesState } from "./use-choices";

/** The channels of every event without custom channels. */
export function GlobalChannels({ state, channels }: { state: ChoicesState; channels: readonly ChannelOption[] }) {
  const ids = state.choices.globalChannels;
  const chosen = channels.filter(({ id }) => ids.includes(id));
  return (
    <Panel
      title="Global channels"
      aside={<span className="text-xs">Used by every event below without custom channels</span>}
    >
      <div className="flex flex-col gap-3">
        <ChannelChips
          menuLabel="Add a global channel"
          ids={ids}
          channels={channels}
          set={(globalChannels) => state.save("global", { globalChannels })}
        />
        {channels.length === 0 && (
          <p className="text-muted text-sm">
            No channels yet: alerts appear in the inbox only.{" "}
            <TextLink href="/channels/new">Add the first one</TextLink>.
          </p>
        )}
        {channels.length > 0 && chosen.length === 0 && (
          <p className="text-muted text-sm">
            None selected: events without custom channels are sent to subscribed channels only.
          </p>
        )}
        {channels.some(({ purpose }) => purpose === "monitor") && (
          <p className="text-muted text-xs">
            Monitors watch single jobs, so they can be used in the notification rules of jobs only.
          </p>
        )}
        <SettingError error={state.errors.global} />
      </div>
    </Panel>
  );
}
