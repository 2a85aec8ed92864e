import type { Metadata } from "next";
import { type ChannelHealthFacts, ChannelHealthPanel } from "@/components/channel/health-panel";
import { TodayCounts } from "@/components/channel/today-counts";
import { UsedByPanel } from "@/components/channel/used-by-panel";
import { RecentDeliveries } from "@/components/delivery/recent-deliveries";
import { formatDayTime } from "@/components/format";
import { LiveRefresh } from "@/components/live/live-refresh";
import { msOf } from "@/components/ms-of";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { ChannelHealthBadge } from "@/components/status/channel-health-badge";
import { Badge } from "@/components/ui/badge";
import { ErrorNote, Note } from "@/components/ui/note";
import { Columns, Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { AdminsOnlyNote } from "@/components/user/admins-only-note";
import { channelsGet } from "@/lib/services/channels/get";
import type { ChannelView } from "@/lib/services/channels/view";
import { deliveriesList } from "@/lib/services/deliveries/list";
import { eventTypes } from "@/lib/services/events/types";
import { providersList } from "@/lib/services/providers/list";
import { page, pageOrNull } from "@/lib/web/page";
import { currentUser } from "../../current-user";
import { ChannelActions } from "../_components/channel-actions";
import { ChannelForm } from "../_components/channel-form";
import { ChannelTest } from "../_components/channel-test";

export const metadata: Metadata = { title: "Channel" };

export default async function ChannelPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { isAdmin, isOperator, timezone } = await currentUser();
  const [channel, recent, types] = await Promise.all([
    page(channelsGet, { id }),
    page(deliveriesList, { channelId: id, includeTests: true, limit: 6 }),
    page(eventTypes, {}),
  ]);
  const [provider] = (isAdmin && (await pageOrNull(providersList, { id: channel.provider }))) || [];
  const { name, usedBy } = channel;
  return (
    <Page>
      <LiveRefresh topics={["channels"]} ids={[id]} />
      <LiveRefresh topics={["deliveries", "jobs", "settings"]} />
      <Crumbs items={[{ label: "Channels", href: "/channels" }, { label: name }]} />
      <PageHeader
        title={name}
        sub={channel.providerLabel}
        badge={<ChannelBadges channel={channel} timezone={timezone} />}
        actions={isAdmin && <ChannelActions channel={{ id, name, enabled: channel.enabled, usedBy }} />}
      />
      {channel.problem && (
        <ErrorNote title="Invalid configuration" advice="Complete the configuration below and save.">
          {channel.problem}
        </ErrorNote>
      )}
      {provider?.notice && (
        <Note tone="warning" title="On this server">
          {provider.notice}
        </Note>
      )}
      <Columns
        side={
          <>
            <ChannelHealthPanel
              today={<TodayCounts channelId={id} channelName={name} today={channel.today} />}
              health={healthFacts(channel)}
            />
            <UsedByPanel usedBy={usedBy} events={channel.events} types={types} canChange={isAdmin} />
            <RecentDeliveries
              title="Recent deliveries"
              allHref={`/deliveries?channelId=${id}`}
              deliveries={recent.items.map(({ createdAt, ...one }) => ({ ...one, createdAt: msOf(createdAt) }))}
            />
          </>
        }
      >
        {isAdmin && provider ? (
          <ChannelForm
            provider={provider}
            types={types}
            channel={{
              id,
              name,
              config: channel.config ?? {},
              events: channel.events,
              texts: channel.texts,
              minSeverity: channel.minSeverity,
              rateLimit: channel.rateLimit,
              mutedUntil: msOf(channel.mutedUntil),
            }}
          />
        ) : (
          <>
            <AdminsOnlyNote what="change channels" />
            {isOperator && <ChannelTest id={id} />}
          </>
        )}
      </Columns>
    </Page>
  );
}

function ChannelBadges({ channel, timezone }: { channel: ChannelView; timezone: string }) {
  const { health, enabled } = channel;
  const mutedUntil = msOf(channel.mutedUntil);
  return (
    <>
      <ChannelHealthBadge health={health.state} enabled={enabled} failing={health.failingSince !== null} />
      {mutedUntil !== null && <Badge shape="ring">Muted until {formatDayTime(mutedUntil, timezone)}</Badge>}
    </>
  );
}

function healthFacts({ enabled, health }: ChannelView): ChannelHealthFacts {
  return {
    state: health.state,
    isEnabled: enabled,
    retryingSince: msOf(health.retryingSince),
    pausedUntil: msOf(health.pausedUntil),
    failingSince: msOf(health.failingSince),
    lastSuccessAt: msOf(health.lastSuccessAt),
    lastErrorAt: msOf(health.lastErrorAt),
    lastError: health.lastError,
  };
}
