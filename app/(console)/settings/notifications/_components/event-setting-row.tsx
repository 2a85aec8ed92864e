"use client";

import { useId } from "react";
import { Switch } from "@/components/ui/switch";
import type { EventSetting } from "@/lib/core/routing";
import type { ChannelOption } from "@/lib/services/channels/options";
import { channelsOf, hasMailChannel, type SystemEventItem } from "./choices";
import { EventChannels } from "./event-channels";
import { TestResults, useEventTest } from "./event-test";
import { NotifyUserSelect } from "./notify-user-select";
import { RepeatControls } from "./repeat-controls";
import { RoutingPreviewDialog } from "./routing-preview-dialog";
import { SettingError } from "./setting-error";
import type { ChoicesState } from "./use-choices";

interface Props {
  event: SystemEventItem;
  state: ChoicesState;
  channels: readonly ChannelOption[];
}

/** Notification settings of one system event, with routing preview and Test. */
export function EventSettingRow({ event, state, channels }: Props) {
  const id = useId();
  const test = useEventTest(event.type);
  const setting = state.choices.events[event.type];
  if (!setting) return null;
  const own = channelsOf(setting, state.choices, channels);
  const save = (change: Partial<EventSetting>) => state.save(event.type, { events: { [event.type]: change } });
  return (
    <li className="border-line border-t first:border-t-0">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a border and a legend */}
      <div
        role="group"
        aria-labelledby={id}
        className="grid grid-cols-[auto_1fr] items-start gap-x-4 gap-y-2 px-4 py-3 md:grid-cols-[auto_minmax(180px,260px)_1fr_auto]"
      >
        <Switch
          aria-labelledby={id}
          checked={setting.enabled}
          onCheckedChange={(enabled) => save({ enabled })}
          className="mt-1.5"
        />
        <div className="min-w-0">
          <p id={id} className="font-medium text-sm">
            {event.name}
          </p>
          <p className="text-faint text-xs">{event.description}</p>
        </div>
        <div className="col-start-2 flex min-w-0 flex-col gap-2 md:col-start-3">
          {setting.enabled ? (
            <>
              <EventChannels event={event} setting={setting} own={own} channels={channels} save={save} />
              {event.canNotifyUser && (
                <NotifyUserSelect
                  mode={setting.notifyUser}
                  canMail={hasMailChannel(own)}
                  onChange={(notifyUser) => save({ notifyUser })}
                />
              )}
              {event.isProblem && <RepeatControls setting={setting} save={save} />}
            </>
          ) : (
            <p className="py-1 text-faint text-sm">disabled</p>
          )}
          {setting.enabled && event.reachesNobody && (
            <p className="text-failure text-xs">Nobody would be notified: choose a channel that is enabled.</p>
          )}
          <SettingError error={state.errors[event.type]} />
        </div>
        <div className="col-start-2 flex items-center gap-1 md:col-start-4 md:justify-end">
          <RoutingPreviewDialog event={event} />
          {test.button}
        </div>
        <TestResults test={test} />
      </div>
    </li>
  );
}
