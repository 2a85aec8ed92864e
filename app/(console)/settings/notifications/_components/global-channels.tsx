"use client";

import { Plus } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { TextLink } from "@/components/ui/link-button";
import { Menu } from "@/components/ui/menu";
import { Panel } from "@/components/ui/panel";
import type { ChannelOption } from "@/lib/services/channels/options";
import { SettingError } from "./setting-error";
import type { ChoicesState } from "./use-choices";

/** The channels of every event without custom channels. */
export function GlobalChannels({ state, channels }: { state: ChoicesState; channels: readonly ChannelOption[] }) {
  const ids = state.choices.globalChannels;
  const chosen = channels.filter(({ id }) => ids.includes(id));
  const others = channels.filter(({ id, purpose }) => !ids.includes(id) && purpose === "message");
  const set = (globalChannels: string[]) => state.save("global", { globalChannels });
  return (
    <Panel
      title="Global channels"
      aside={<span className="text-xs">Used by every event below without custom channels</span>}
    >
      <div className="flex flex-col gap-3">
        <div className="flex flex-wrap items-center gap-2 empty:hidden">
          {chosen.map(({ id, name, providerLabel, enabled }) => (
            <Chip
              key={id}
              note={enabled ? providerLabel : "disabled"}
              onRemove={() => set(ids.filter((one) => one !== id))}
              removeLabel={`Remove ${name}`}
            >
              {name}
            </Chip>
          ))}
          {others.length > 0 && (
            <Menu
              label="Add a global channel"
              align="start"
              trigger={
                <Button
                  variant={chosen.length === 0 ? "default" : "ghost"}
                  size="sm"
                  icon={<Plus aria-hidden="true" className="size-3.5" />}
                >
                  Add channel
                </Button>
              }
              items={others.map(({ id, name, providerLabel }) => ({
                label: name,
                hint: providerLabel,
                onSelect: () => set([...ids, id]),
              }))}
            />
          )}
        </div>
        {channels.length === 0 && (
          <p className="text-muted text-sm">
            No channels yet: alerts appear on the Overview only.{" "}
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
