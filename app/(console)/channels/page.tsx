import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { ChannelTable } from "@/components/channel/channel-table";
import { LiveRefresh } from "@/components/live/live-refresh";
import { msOf } from "@/components/ms-of";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter-bar";
import { FilterSelect } from "@/components/ui/filter-select";
import { LinkButton } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";
import { SearchField } from "@/components/ui/search-field";
import { channelsList } from "@/lib/services/channels/list";
import { channelsOptions } from "@/lib/services/channels/options";
import { eventTypes } from "@/lib/services/events/types";
import { iconPaths } from "@/lib/services/providers/icon-paths";
import { page } from "@/lib/web/page";
import { labelParam } from "../_components/label-param";
import { parseFilter, readSearch, type SearchParams } from "../_components/search-params";
import { currentUser } from "../current-user";
import { ChannelMenu } from "./_components/channel-menu";
import { ChannelSwitch } from "./_components/channel-switch";

export const metadata: Metadata = { title: "Channels" };

const STATES = [
  { value: "healthy", label: "Healthy" },
  { value: "retrying", label: "Retrying" },
  { value: "paused", label: "Paused" },
  { value: "failing", label: "Failing" },
  { value: "muted", label: "Muted" },
  { value: "off", label: "Disabled" },
] as const;

export default async function ChannelsPage({ searchParams }: { searchParams: SearchParams }) {
  const query = await readSearch(searchParams);
  const { q, cursor, before } = query;
  const label = labelParam(query.label);
  const { isAdmin, isOperator } = await currentUser();
  const all = await page(channelsOptions, {});
  const services = [...new Map(all.map(({ provider, providerLabel }) => [provider, providerLabel]))]
    .map(([value, label]) => ({ value, label }))
    .sort((a, b) => a.label.localeCompare(b.label));
  const provider = services.find(({ value }) => value === query.provider)?.value;
  const state = parseFilter(
    STATES.map(({ value }) => value),
    query.state,
  );
  const [{ items, nextCursor }, types] = await Promise.all([
    page(channelsList, { q, cursor, provider, state, label }),
    page(eventTypes, {}),
  ]);
  const isEmpty = items.length === 0;
  const isFiltered = Boolean(q || cursor || provider || state || label);
  const create = isAdmin && (
    <LinkButton href="/channels/new" variant="primary" icon={<Plus aria-hidden="true" className="size-4" />}>
      New channel
    </LinkButton>
  );
  return (
    <Page>
      <LiveRefresh topics={["channels", "deliveries", "jobs", "settings"]} />
      <PageHeader
        title="Channels"
        sub="Where notifications go. Jobs and system events share these channels."
        actions={create}
      />
      {(!isEmpty || isFiltered) && (
        <FilterBar search={<SearchField label="Search channels" placeholder="Search by name" />}>
          <FilterSelect param="provider" label="Service" allLabel="All services" options={services} />
          <FilterSelect param="state" label="State" allLabel="All states" options={STATES} />
          <SearchField param="label" label="Label" placeholder="Label, as key:value" />
        </FilterBar>
      )}
      <Panel padded={false}>
        {isEmpty && isFiltered && (
          <EmptyState title="No matching channels" action={<LinkButton href="/channels">Show all channels</LinkButton>}>
            {q && !provider && !state && !label ? `No name contains “${q}”.` : "No channel matches these filters."}
          </EmptyState>
        )}
        {isEmpty && !isFiltered && (
          <EmptyState title="No channels yet" action={create}>
            {isAdmin
              ? "Add Discord, email or a webhook to get notified when a backup fails."
              : "An administrator has not added any channels yet."}
          </EmptyState>
        )}
        {!isEmpty && (
          <ChannelTable
            types={types}
            icons={iconPaths(items.map((channel) => channel.provider))}
            renderSwitch={isAdmin ? (channel) => <ChannelSwitch channel={channel} /> : undefined}
            renderMenu={isOperator ? (channel) => <ChannelMenu channel={channel} isAdmin={isAdmin} /> : undefined}
            channels={items.map(({ health, ...channel }) => ({
              ...channel,
              health: health.state,
              isFailing: health.failingSince !== null,
              isMuted: channel.mutedUntil !== null,
              lastSuccessAt: msOf(health.lastSuccessAt),
              lastErrorAt: msOf(health.lastErrorAt),
              lastError: health.lastError,
            }))}
          />
        )}
      </Panel>
      <Pager nextCursor={nextCursor} cursor={cursor} before={before} params={{ q, provider, state, label }} />
    </Page>
  );
}
