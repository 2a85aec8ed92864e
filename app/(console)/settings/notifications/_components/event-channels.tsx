"use client";

import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import type { EventSetting } from "@/lib/core/routing";
import type { ChannelOption } from "@/lib/services/channels/options";
import type { SystemEventItem } from "./choices";
import { ChooseChannels } from "./choose-channels";

interface Props {
  event: SystemEventItem;
  setting: EventSetting;
  /** Its current channels. */
  own: readonly ChannelOption[];
  channels: readonly ChannelOption[];
  save: (change: Partial<EventSetting>) => void;
}

/** The channels of an event: the global ones or custom ones. */
export function EventChannels({ event, setting, own, channels, save }: Props) {
  const isCustom = setting.channels !== null;
  return (
    <div className="flex min-h-7 flex-wrap items-center gap-x-2 gap-y-1.5">
      {own.map(({ id, name, enabled }) => (
        <Chip key={id} note={enabled ? undefined : "disabled"}>
          {name}
        </Chip>
      ))}
      {own.length === 0 && <span className="text-muted text-xs">no channels</span>}
      {isCustom ? (
        <>
          <Badge shape="dot">Custom Channels</Badge>
          <button
            type="button"
            onClick={() => save({ channels: null })}
            className="min-h-6 rounded-sm text-muted text-xs underline decoration-line-strong underline-offset-3 hover:text-ink hover:decoration-current"
          >
            Reset to Global Channels
          </button>
        </>
      ) : (
        <span className="text-faint text-xs">global</span>
      )}
      {channels.length > 0 && (
        <ChooseChannels
          title={`Channels of ${event.name}`}
          channels={channels}
          chosen={own.map(({ id }) => id)}
          onChoose={(ids) => save({ channels: ids })}
          trigger={
            <Button variant="ghost" size="sm" aria-label={`Choose the channels of ${event.name}`}>
              Choose…
            </Button>
          }
        />
      )}
    </div>
  );
}
