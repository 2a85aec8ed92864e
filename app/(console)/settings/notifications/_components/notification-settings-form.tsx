"use client";

import { Note } from "@/components/ui/note";
import { Panel } from "@/components/ui/panel";
import type { ChannelOption } from "@/lib/services/channels/options";
import { AcknowledgeLinksSwitch } from "./acknowledge-links-switch";
import type { Choices, SystemEventItem } from "./choices";
import { EventSettingRow } from "./event-setting-row";
import { FallbackChannels } from "./fallback-channels";
import { GlobalChannels } from "./global-channels";
import { useChoices } from "./use-choices";

interface Props {
  choices: Choices;
  catalog: SystemEventItem[];
  channels: ChannelOption[];
}

/** Settings → Notifications: the global channels and every system event. Each change is saved immediately. */
export function NotificationSettingsForm({ choices: stored, catalog, channels }: Props) {
  const state = useChoices(stored);
  const categories = [...new Set(catalog.map(({ category }) => category))];
  return (
    <>
      <GlobalChannels state={state} channels={channels} />
      <FallbackChannels state={state} channels={channels} />
      <AcknowledgeLinksSwitch state={state} />
      <Note title="Where are the backup events?">
        Success and failure of backups are configured on each job, under Notifications, so that nobody is notified
        twice. A channel can also subscribe to them on its own page.
      </Note>
      <Panel
        title="System events"
        padded={false}
        aside={<span role="status">{state.pending ? "Saving…" : "Changes are saved immediately"}</span>}
      >
        {categories.map((category) => (
          <section key={category} className="border-line border-t first:border-t-0">
            <h3 className="border-line border-b px-4 pt-3 pb-2 font-medium text-muted text-xs">{category}</h3>
            <ul>
              {catalog
                .filter((event) => event.category === category)
                .map((event) => (
                  <EventSettingRow key={event.type} event={event} state={state} channels={channels} />
                ))}
            </ul>
          </section>
        ))}
      </Panel>
    </>
  );
}
