import type { Metadata } from "next";
import { DeliveryTable } from "@/components/delivery/delivery-table";
import { LiveRefresh } from "@/components/live/live-refresh";
import { msOf } from "@/components/ms-of";
import { DELIVERY_STATUS_STYLE } from "@/components/status/delivery-status-badge";
import { DateRange } from "@/components/ui/date-range";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter-bar";
import { FilterSelect } from "@/components/ui/filter-select";
import { LinkButton } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";
import { SearchField } from "@/components/ui/search-field";
import { SHOWN_STATUSES } from "@/lib/core/delivery";
import { SYSTEM_MAIL_ID, SYSTEM_MAIL_NAME } from "@/lib/core/system-mail";
import { channelsOptions } from "@/lib/services/channels/options";
import { deliveriesList } from "@/lib/services/deliveries/list";
import { page } from "@/lib/web/page";
import { readDateSpan } from "../_components/date-span";
import { parseFilter, readSearch, type SearchParams } from "../_components/search-params";
import { currentUser } from "../current-user";

export const metadata: Metadata = { title: "Delivery log" };

const SCOPE_LABEL = {
  eventId: "one event",
  runId: "one run",
  jobId: "one job",
} as const;

const SYSTEM_MAIL = { id: SYSTEM_MAIL_ID, name: SYSTEM_MAIL_NAME };

export default async function DeliveriesPage({ searchParams }: { searchParams: SearchParams }) {
  const query = await readSearch(searchParams);
  const { timezone } = await currentUser();
  const { cursor, before, channelId, eventId, runId, jobId, tests, q } = query;
  const span = readDateSpan(query, timezone);
  const status = parseFilter(SHOWN_STATUSES, query.status);
  const [{ items, nextCursor }, channels] = await Promise.all([
    page(deliveriesList, {
      cursor,
      status,
      channelId,
      eventId,
      runId,
      jobId,
      q,
      ...span.times,
      includeTests: tests !== "hide",
    }),
    page(channelsOptions, {}),
  ]);
  const scope = (["eventId", "runId", "jobId"] as const).find((name) => query[name]);
  const filters = { status, channelId, eventId, runId, jobId, tests, q, ...span.params };
  const isFiltered = Boolean(cursor) || Object.values(filters).some(Boolean);
  return (
    <Page>
      <LiveRefresh topics={["deliveries"]} />
      <PageHeader
        title="Delivery log"
        sub={
          scope
            ? `Deliveries of ${SCOPE_LABEL[scope]}`
            : "Every notification with its attempts and the service's answer"
        }
      />
      {(items.length > 0 || isFiltered) && (
        <DeliveryFilterBar channels={[...channels, SYSTEM_MAIL]} isFiltered={isFiltered} />
      )}
      <Panel padded={false}>
        {items.length > 0 ? (
          <DeliveryTable
            deliveries={items.map(({ createdAt, dueAt, ...one }) => ({
              ...one,
              createdAt: msOf(createdAt),
              dueAt: msOf(dueAt),
            }))}
          />
        ) : isFiltered ? (
          <EmptyState
            title="No matching deliveries"
            action={<LinkButton href="/deliveries">Show all deliveries</LinkButton>}
          >
            No stored delivery matches these filters.
          </EmptyState>
        ) : (
          <EmptyState title="No deliveries yet" action={<LinkButton href="/channels">Go to channels</LinkButton>}>
            Every notification is listed here with its attempts and payload.
          </EmptyState>
        )}
      </Panel>
      <Pager
        newestFirst
        nextCursor={nextCursor}
        cursor={cursor}
        before={before}
        params={filters}
        label="Pages of deliveries"
      />
    </Page>
  );
}

interface FilterBarProps {
  channels: readonly { id: string; name: string }[];
  isFiltered: boolean;
}

/** Search and filters of the log, each in the address. */
function DeliveryFilterBar({ channels, isFiltered }: FilterBarProps) {
  return (
    <FilterBar search={<SearchField label="Search deliveries" />}>
      <FilterSelect
        param="status"
        label="Status"
        allLabel="All statuses"
        options={SHOWN_STATUSES.map((value) => ({ value, label: DELIVERY_STATUS_STYLE[value].label }))}
      />
      <FilterSelect
        param="channelId"
        label="Channel"
        allLabel="All channels"
        options={channels.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <FilterSelect
        param="tests"
        label="Tests"
        allLabel="Show tests"
        options={[{ value: "hide", label: "Hide tests" }]}
      />
      <DateRange />
      {isFiltered && (
        <LinkButton href="/deliveries" variant="ghost">
          Clear
        </LinkButton>
      )}
    </FilterBar>
  );
}
