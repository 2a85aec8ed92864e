import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { ChannelTable } from "@/components/channel/channel-table";
import { LiveRefresh } from "@/components/live/live-refresh";
import { msOf } from "@/components/ms-of";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter-select";
import { LinkButton } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";
import { SearchField } from "@/components/ui/search-field";
import { channelsList } from "@/lib/services/channels/list";
import { eventTypes } from "@/lib/services/events/types";
import { page } from "@/lib/web/page";
import { readSearch, type SearchParams } from "../_components/search-params";
import { reader } from "../reader";

export const metadata: Metadata = { title: "Channels" };

export default async function ChannelsPage({ searchParams }: { searchParams: SearchParams }) {
  const { q, cursor } = await readSearch(searchParams);
  const { isAdmin } = await reader();
  const [{ items, nextCursor }, types] = await Promise.all([page(channelsList, { q, cursor }), page(eventTypes, {})]);
  const isEmpty = items.length === 0;
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
        sub="The ways by which people are told, shared by jobs and system events"
        actions={create}
      />
      {(!isEmpty || q || cursor) && (
        <FilterBar>
          <SearchField label="Search channels" placeholder="Search by name" />
        </FilterBar>
      )}
      <Panel padded={false}>
        {isEmpty && (q || cursor) && (
          <EmptyState title="No channel fits" action={<LinkButton href="/channels">Show all</LinkButton>}>
            No name holds “{q}”.
          </EmptyState>
        )}
        {isEmpty && !q && !cursor && (
          <EmptyState title="No channels yet" action={create}>
            {isAdmin
              ? "Add Discord, mail or a webhook, and Belfry can tell you when a backup fails."
              : "An administrator has not added any way to tell people yet."}
          </EmptyState>
        )}
        {!isEmpty && (
          <ChannelTable
            types={types}
            channels={items.map(({ health, ...channel }) => ({
              ...channel,
              health: health.state,
              isFailing: health.failingSince !== null,
              lastSuccessAt: msOf(health.lastSuccessAt),
              lastErrorAt: msOf(health.lastErrorAt),
              lastError: health.lastError,
            }))}
          />
        )}
      </Panel>
      <Pager nextCursor={nextCursor} cursor={cursor} params={{ q }} />
    </Page>
  );
}
