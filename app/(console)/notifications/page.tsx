import type { Metadata } from "next";
import { pluralize } from "@/components/format";
import { countLabel, ENTRY_STATUS_LABEL } from "@/components/inbox/entry";
import { InboxTable } from "@/components/inbox/inbox-table";
import { KeysHint } from "@/components/inbox/keys-hint";
import { ReadAllButton } from "@/components/inbox/read-all-button";
import { SEVERITY_STYLE } from "@/components/inbox/severity-badge";
import { LiveRefresh } from "@/components/live/live-refresh";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter-bar";
import { FilterSelect } from "@/components/ui/filter-select";
import { LinkButton } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";
import { SearchField } from "@/components/ui/search-field";
import { ENTRY_STATUSES, MOST_UNREAD } from "@/lib/core/inbox";
import { SEVERITIES } from "@/lib/core/severity";
import { INBOX_CATEGORIES, notificationsList } from "@/lib/services/notifications/list";
import { page } from "@/lib/web/page";
import { parseFilter, readSearch, type SearchParams } from "../_components/search-params";
import { currentUser } from "../current-user";
import { readAllNotificationsAction } from "./actions";
import { entryActions } from "./entry-actions";

export const metadata: Metadata = { title: "Inbox" };

export default async function NotificationsPage({ searchParams }: { searchParams: SearchParams }) {
  const { isOperator } = await currentUser();
  const query = await readSearch(searchParams);
  const { cursor, before, subject, q } = query;
  const status = parseFilter(["open", ...ENTRY_STATUSES], query.status);
  const severity = parseFilter(SEVERITIES, query.severity);
  const category = parseFilter(INBOX_CATEGORIES, query.category);
  const seenAt = new Date().toISOString();
  const filters = { status, severity, category, subject, q };
  const { items, nextCursor, unread } = await page(notificationsList, { cursor, ...filters });
  const isFiltered = Object.values(filters).some(Boolean) || cursor !== undefined;
  return (
    <Page>
      <LiveRefresh topics={["alerts", "inbox"]} />
      <PageHeader
        title="Inbox"
        sub={unread === 0 ? "Nothing unread" : `${countLabel(unread, MOST_UNREAD)} unread`}
        actions={items.length > 0 && <ReadAllButton seenAt={seenAt} readAll={readAllNotificationsAction} />}
      />
      {(items.length > 0 || isFiltered) && <Filters isFiltered={isFiltered} />}
      <Panel padded={false}>
        {items.length > 0 ? (
          <InboxTable entries={items} actions={entryActions(isOperator)} />
        ) : (
          <Nothing isFiltered={isFiltered} isMore={nextCursor !== null} />
        )}
      </Panel>
      <div className="flex flex-wrap items-center justify-between gap-3">
        {items.length > 0 && (
          <p className="hidden text-faint text-xs md:block">
            {pluralize(items.length, "entry", "entries")} shown.
            <KeysHint isOperator={isOperator} />
          </p>
        )}
        <Pager
          newestFirst
          nextCursor={nextCursor}
          cursor={cursor}
          before={before}
          params={filters}
          label="Pages of the inbox"
        />
      </div>
    </Page>
  );
}

function Filters({ isFiltered }: { isFiltered: boolean }) {
  return (
    <FilterBar search={<SearchField label="Search the inbox" placeholder="Title, message, subject…" />}>
      <SearchField param="subject" label="Subject" placeholder="Subject…" />
      <FilterSelect
        param="status"
        label="Status"
        allLabel="All statuses"
        options={[
          { value: "open", label: "Open alerts" },
          ...ENTRY_STATUSES.map((value) => ({ value, label: ENTRY_STATUS_LABEL[value] })),
        ]}
      />
      <FilterSelect
        param="severity"
        label="Severity"
        allLabel="All severities"
        options={[...SEVERITIES].reverse().map((value) => ({ value, label: SEVERITY_STYLE[value].label }))}
      />
      <FilterSelect
        param="category"
        label="Category"
        allLabel="All categories"
        options={INBOX_CATEGORIES.map((value) => ({ value, label: value }))}
      />
      {isFiltered && (
        <LinkButton href="/notifications" variant="ghost">
          Clear
        </LinkButton>
      )}
    </FilterBar>
  );
}

function Nothing({ isFiltered, isMore }: { isFiltered: boolean; isMore: boolean }) {
  if (!isFiltered) {
    return (
      <EmptyState title="Nothing here yet" action={<LinkButton href="/jobs">Go to jobs</LinkButton>}>
        Problems and what else happened are listed here, the open ones first.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="No matching entries"
      action={<LinkButton href="/notifications">Show the whole inbox</LinkButton>}
    >
      {isMore
        ? "None of the latest 20,000 entries matches. Older ones are searched with Older."
        : "No stored entry matches these filters."}
    </EmptyState>
  );
}
