"use client";

import { useId } from "react";
import { Input } from "@/components/ui/input";
import { Panel } from "@/components/ui/panel";
import type { ChannelOption } from "@/lib/services/channels/options";
import { ChannelChips } from "./channel-chips";
import { SettingError } from "./setting-error";
import type { ChoicesState } from "./use-choices";

/** A day, the limit of the server. */
const MAX_MINUTES = 1_440;

/** Where an alert goes that no channel has taken, and after how long. */
export function FallbackChannels({ state, channels }: { state: ChoicesState; channels: readonly ChannelOption[] }) {
  const id = useId();
  const { fallbackChannels, fallbackAfterMinutes: minutes } = state.choices;
  const commit = (input: HTMLInputElement) => {
    const next = Number(input.value);
    if (next === minutes) return;
    if (Number.isInteger(next) && next >= 1 && next <= MAX_MINUTES)
      state.save("fallback", { fallbackAfterMinutes: next });
    else input.value = String(minutes);
  };
  return (
    <Panel
      id="fallback"
      title="When nobody got it"
      aside={<span className="text-xs">Takes alerts that no other channel has taken</span>}
    >
      <div className="flex flex-col gap-3">
        <ChannelChips
          addLabel="Add fallback channel"
          menuLabel="Add a fallback channel"
          ids={fallbackChannels}
          channels={channels}
          set={(ids) => state.save("fallback", { fallbackChannels: ids })}
        />
        <p className="flex items-center gap-2 text-muted text-sm">
          <label htmlFor={id}>Wait</label>
          <Input
            id={id}
            key={minutes}
            type="number"
            min={1}
            max={MAX_MINUTES}
            defaultValue={minutes}
            aria-describedby={`${id}-unit`}
            onBlur={(event) => commit(event.currentTarget)}
            onKeyDown={(event) => event.key === "Enter" && commit(event.currentTarget)}
            className="num w-20 shrink-0"
          />
          <span id={`${id}-unit`}>minutes after an alert may be sent</span>
        </p>
        <p className="text-muted text-xs">
          {fallbackChannels.length > 0
            ? "Choose a channel of another service than the usual ones. When it fails too, a red bar on every page says so."
            : channels.length > 0
              ? "None selected: an alert that no channel has taken by then is shown in a red bar on every page."
              : "Without any channel, alerts are shown in the inbox only."}{" "}
          What is muted, silenced or disabled on purpose does not count.
        </p>
        <SettingError error={state.errors.fallback} />
      </div>
    </Panel>
  );
}
