import type { Metadata } from "next";
import { cache } from "react";
import { type ChannelHealthFacts, ChannelHealthPanel } from "@/components/channel/health-panel";
import { ChannelHistoryPanel } from "@/components/channel/history-panel";
import { TodayCounts } from "@/components/channel/today-counts";
import { UsedByPanel } from "@/components/channel/used-by-panel";
import { RecentDeliveries } from "@/components/delivery/recent-deliveries";
import { formatDayTime } from "@/components/format";
import { LabelChips } from "@/components/label/label-chips";
import { LiveRefresh } from "@/components/live/live-refresh";
import { msOf } from "@/components/ms-of";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { ChannelHealthBadge } from "@/components/status/channel-health-badge";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ErrorNote, Note } from "@/components/ui/note";
import { Columns, Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { AdminsOnlyNote } from "@/components/user/admins-only-note";
import { channelsGet } from "@/lib/services/channels/get";
import { channelsHistory } from "@/lib/services/channels/history";
import { channelsLost } from "@/lib/services/channels/lost";
import type { ChannelView } from "@/lib/services/channels/view";
import { deliveriesList } from "@/lib/services/deliveries/list";
import { eventTypes } from "@/lib/services/events/types";
import { providersList } from "@/lib/services/providers/list";
import { page, pageOrNull } from "@/lib/web/page";
import { currentUser } from "../../current-user";
import { ChannelActions } from "../_components/channel-actions";
import { ChannelForm } from "../_components/channel-form";
import { ChannelReports } from "../_components/channel-reports";
import { ChannelTest } from "../_components/channel-test";
import { RecoverDialog } from "../_components/recover-dialog";
import { RecoverOffer } from "../_components/recover-offer";
import { resendLabel } from "../_components/resend-label";

type Lost = { count: number; isOffered: boolean } | null;

const readChannel = cache((id: string) => page(channelsGet, { id }));

export async function generateMetadata({ params }: { params: Promise<{ id: string }> }): Promise<Metadata> {
  const { name } = await readChannel((await params).id);
  return { title: name };
}

export default async function ChannelPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { isAdmin, isOperator, timezone } = await currentUser();
  const [channel, recent, types] = await Promise.all([
    readChannel(id),
    page(deliveriesList, { channelId: id, includeTests: true, limit: 6 }),
    page(eventTypes, {}),
  ]);
  const lost = isOperator ? await pageOrNull(channelsLost, { id }) : null;
  const [provider] = (isAdmin && (await pageOrNull(providersList, { id: channel.provider }))) || [];
  const { name, usedBy } = channel;
  const isRecoverable = isOperator && channel.purpose === "message";
  const recover = isRecoverable && <RecoverButton channel={{ id, name }} lost={lost} />;
  return (
    <Page>
      <LiveRefresh topics={["channels"]} ids={[id]} />
      <LiveRefresh topics={["deliveries", "jobs", "settings"]} />
      <Crumbs items={[{ label: "Channels", href: "/channels" }, { label: name }]} />
      <PageHeader
        title={name}
        sub={channel.providerLabel}
        badge={<ChannelBadges channel={channel} timezone={timezone} />}
        actions={
          isAdmin ? (
            <ChannelActions channel={{ id, name, enabled: channel.enabled, usedBy }}>{recover}</ChannelActions>
          ) : (
            recover
          )
        }
      />
      <LabelChips labels={channel.labels} list="/channels" most={50} />
      {lost?.isOffered && <RecoverOffer channel={{ id, name }} lost={lost} />}
      <ChannelNotes problem={channel.problem} notice={provider?.notice ?? null} />
      <Columns
        side={
          <>
            <ChannelHealthPanel
              today={<TodayCounts channelId={id} channelName={name} today={channel.today} />}
              health={healthFacts(channel)}
            />
            <ChannelHistory id={id} timezone={timezone} />
            <UsedByPanel channelId={id} usedBy={usedBy} events={channel.events} types={types} canChange={isAdmin} />
            <RecentDeliveries
              title="Recent deliveries"
              allHref={`/deliveries?channelId=${id}`}
              deliveries={recent.items.map(({ createdAt, ...one }) => ({ ...one, createdAt: msOf(createdAt) }))}
            />
          </>
        }
      >
        {isAdmin && provider ? (
          <>
            <ChannelForm
              provider={provider}
              types={types}
              channel={{
                id,
                name,
                config: channel.config ?? {},
                events: channel.events,
                texts: channel.texts,
                labels: channel.labels,
                minSeverity: channel.minSeverity,
                rateLimit: channel.rateLimit,
                mutedUntil: msOf(channel.mutedUntil),
                quietHours: channel.quietHours,
              }}
            />
            <ChannelReports channel={{ id, reports: channel.reports, isMonitor: channel.purpose === "monitor" }} />
          </>
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

async function ChannelHistory({ id, timezone }: { id: string; timezone: string }) {
  return <ChannelHistoryPanel {...(await page(channelsHistory, { id }))} timezone={timezone} />;
}

/** Says how many it would send, where something is lost and not offered already. */
function RecoverButton({ channel, lost }: { channel: { id: string; name: string }; lost: Lost }) {
  const undelivered = lost && !lost.isOffered ? lost.count : 0;
  const trigger =
    undelivered > 0 ? <Button>{resendLabel(undelivered)}</Button> : <Button variant="ghost">Recover…</Button>;
  return <RecoverDialog channel={channel} trigger={trigger} />;
}

/** What keeps the channel from working: its configuration, or this server. */
function ChannelNotes({ problem, notice }: { problem: string | null; notice: string | null }) {
  return (
    <>
      {problem && (
        <ErrorNote title="Invalid configuration" advice="Complete the configuration below and save.">
          {problem}
        </ErrorNote>
      )}
      {notice && (
        <Note tone="warning" title="On this server">
          {notice}
        </Note>
      )}
    </>
  );
}

function ChannelBadges({ channel, timezone }: { channel: ChannelView; timezone: string }) {
  const { health, enabled, isTested } = channel;
  const mutedUntil = msOf(channel.mutedUntil);
  return (
    <>
      <ChannelHealthBadge
        health={health.state}
        enabled={enabled}
        failing={health.failingSince !== null}
        isTested={isTested}
      />
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
