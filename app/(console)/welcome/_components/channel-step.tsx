import { formatList } from "@/components/format";
import { LinkButton } from "@/components/ui/link-button";
import { Note } from "@/components/ui/note";
import { Panel } from "@/components/ui/panel";
import { providersList } from "@/lib/services/providers/list";
import { settingsNotificationsGet } from "@/lib/services/settings/notifications-get";
import { page } from "@/lib/web/page";
import { createChannel, recogniseChannel, testChannelDraft, updateNotifications } from "../actions";
import { FirstChannelPart } from "./lazy-steps";

/** The first channel. */
export async function ChannelStep({ channels }: { channels: readonly { name: string }[] }) {
  const [providers, settings] = await Promise.all([page(providersList, {}), page(settingsNotificationsGet, {})]);
  return (
    <Panel
      title="Where should notifications go?"
      footer={
        <div className="flex flex-wrap items-center justify-between gap-2">
          <span className="text-muted">
            {channels.length > 0
              ? "Further channels can be added at any time."
              : "You can continue without a channel: open alerts are shown in the inbox."}
          </span>
          <LinkButton href="/welcome?step=source">{channels.length > 0 ? "Continue" : "Only in the inbox"}</LinkButton>
        </div>
      }
    >
      <div className="flex flex-col gap-4">
        {channels.length > 0 && <Note tone="success">Set up: {formatList(channels.map(({ name }) => name))}.</Note>}
        <FirstChannelPart
          key={channels.length}
          providers={providers.filter(({ purpose }) => purpose === "message")}
          globalChannels={settings.globalChannels}
          recognise={recogniseChannel}
          create={createChannel}
          test={testChannelDraft}
          update={updateNotifications}
        />
      </div>
    </Panel>
  );
}
