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
import { ChannelHealthBadge, channelHealthLabel } from "@/components/status/channel-health-badge";
import { Badge } from "@/components/ui/badge";
import { ErrorNote, Note } from "@/components/ui/note";
import { Columns, Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { AdminsOnlyNote } from "@/components/user/admins-only-note";
import { channelsGet } from "@/lib/services/channels/get";
import { channelsHistory } from "@/lib/services/channels/history";
import { channelsLost } from "@/lib/services/channels/lost";
import { channelsOptions } from "@/lib/services/channels/options";
import type { ChannelView } from "@/lib/services/channels/view";
import { deliveriesList } from "@/lib/services/deliveries/list";
import { eventTypes } from "@/lib/services/events/types";
import { providersList } from "@/lib/services/providers/list";
import { page, pageOrNull } from "@/lib/web/page";
import { parseFilter, readSearch, type SearchParams } from "../../_components/search-params";
import { currentUser } from "../../current-user";
import { ChannelActions } from "../_components/channel-actions";
import { ChannelForm } from "../_components/channel-form";
import { type ChannelTab, channelTabsOf } from "../_components/channel-tabs";
import { ChannelTest } from "../_components/channel-test";
import type { MoveTarget } from "../_components/move-dialog";
import { RecoverButton } from "../_components/recover-button";
import { RecoverOffer } from "../_components/recover-offer";
import { resendLabel } from "../_components/resend-label";
import { ServiceGuide } from "../_components/service-guide";
import type { EditedChannel } from "../_components/use-channel-form";

type Lost = { count: number; isOffered: boolean } | null;

const readChannel = cache((id: string) => page(channelsGet, { id }));

export async function generateMetadata({ params }: { params: Promise<{ id: string }> }): Promise<Metadata> {
  const { name, ...channel } = await readChannel((await params).id);
  return { title: `${name}, ${channelHealthLabel(badgeFacts(channel)).toLowerCase()}` };
}

interface Props {
  params: Promise<{ id: string }>;
  searchParams: SearchParams;
}

export default async function ChannelPage({ params, searchParams }: Props) {
  const { id } = await params;
  const { isAdmin, isOperator, timezone } = await currentUser();
  const [channel, types, query] = await Promise.all([readChannel(id), page(eventTypes, {}), readSearch(searchParams)]);
  const lost = isOperator ? await pageOrNull(channelsLost, { id }) : null;
  const [provider] = (isAdmin && (await pageOrNull(providersList, { id: channel.provider }))) || [];
  const { name, usedBy, purpose } = channel;
  const recover = isOperator && purpose === "message" && <Recover channel={{ id, name }} lost={lost} />;
  const tab = tabOf(query.tab, purpose);
  const activity = (tab === "activity" || !provider) && <Activity channel={channel} timezone={timezone} />;
  const health = (
    <ChannelHealthPanel
      today={<TodayCounts channelId={id} channelName={name} today={channel.today} />}
      health={healthFacts(channel, await hasWaiting(channel))}
    />
  );
  const uses = <UsedByPanel channelId={id} usedBy={usedBy} events={channel.events} types={types} canChange={isAdmin} />;
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
            <ChannelActions
              channel={{ id, name, enabled: channel.enabled, usedBy }}
              targets={await moveTargets(id, purpose)}
            >
              {recover}
            </ChannelActions>
          ) : (
            recover
          )
        }
      />
      <LabelChips labels={channel.labels} list="/channels" most={50} />
      {lost?.isOffered && <RecoverOffer channel={{ id, name }} lost={lost} />}
      <ChannelNotes problem={channel.problem} notice={provider?.notice ?? null} />
      {provider ? (
        <ChannelForm
          provider={provider}
          types={types}
          tab={tab}
          channel={editedChannel(channel)}
          guide={<ServiceGuide provider={provider} />}
          health={health}
          usedBy={uses}
          reports={{ id, reports: channel.reports, isMonitor: purpose === "monitor" }}
          activity={activity || null}
        />
      ) : (
        <Columns
          side={
            <>
              {health}
              {uses}
            </>
          }
        >
          <AdminsOnlyNote what="change channels" />
          {isOperator && <ChannelTest id={id} />}
          {activity}
        </Columns>
      )}
    </Page>
  );
}

function tabOf(wanted: string | undefined, purpose: ChannelView["purpose"]): ChannelTab {
  return parseFilter(channelTabsOf({ isNew: false, isMonitor: purpose === "monitor" }), wanted) ?? "settings";
}

/** Channels of the same purpose that would send. */
async function moveTargets(id: string, purpose: ChannelView["purpose"]): Promise<MoveTarget[]> {
  const all = await page(channelsOptions, {});
  return all
    .filter((one) => one.id !== id && one.enabled && one.purpose === purpose)
    .map((one) => ({ id: one.id, name: one.name }));
}

function editedChannel(channel: ChannelView): EditedChannel {
  const { id, name, config, events, texts, labels, minSeverity, rateLimit, mutedUntil, quietHours } = channel;
  return {
    id,
    name,
    config: config ?? {},
    events,
    texts,
    labels,
    minSeverity,
    rateLimit,
    mutedUntil: msOf(mutedUntil),
    quietHours,
  };
}

/** What went through the channel: the last 30 days, and the newest. */
async function Activity({ channel: { id }, timezone }: { channel: ChannelView; timezone: string }) {
  const [history, recent] = await Promise.all([
    page(channelsHistory, { id }),
    page(deliveriesList, { channelId: id, includeTests: true, limit: 12 }),
  ]);
  return (
    <>
      <ChannelHistoryPanel {...history} timezone={timezone} />
      <RecentDeliveries
        title="Recent deliveries"
        allHref={`/deliveries?channelId=${id}`}
        deliveries={recent.items.map(({ createdAt, ...one }) => ({ ...one, createdAt: msOf(createdAt) }))}
      />
    </>
  );
}

/** Says how many it would send, where something is lost and not offered already. */
function Recover({ channel, lost }: { channel: { id: string; name: string }; lost: Lost }) {
  const undelivered = lost && !lost.isOffered ? lost.count : 0;
  return undelivered > 0 ? (
    <RecoverButton channel={channel} label={resendLabel(undelivered)} />
  ) : (
    <RecoverButton channel={channel} label="Recover…" variant="ghost" />
  );
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
  const mutedUntil = msOf(channel.mutedUntil);
  return (
    <>
      <ChannelHealthBadge {...badgeFacts(channel)} />
      {mutedUntil !== null && <Badge shape="ring">Muted until {formatDayTime(mutedUntil, timezone)}</Badge>}
    </>
  );
}

function badgeFacts({ health, enabled, isTested }: Pick<ChannelView, "health" | "enabled" | "isTested">) {
  return { health: health.state, enabled, failing: health.failingSince !== null, isTested };
}

/** Whether deliveries are still to be sent; asked only of a channel that retries. */
async function hasWaiting({ id, health }: ChannelView): Promise<boolean> {
  if (health.state !== "retrying") return false;
  const { items } = await page(deliveriesList, { channelId: id, status: ["held", "pending", "sending"], limit: 1 });
  return items.length > 0;
}

function healthFacts({ enabled, health }: ChannelView, waits: boolean): ChannelHealthFacts {
  return {
    hasWaiting: waits,
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
