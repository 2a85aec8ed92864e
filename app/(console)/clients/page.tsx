import type { Metadata } from "next";
import { ClientTable } from "@/components/client/client-table";
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
import { CLIENT_STATUSES } from "@/lib/core/client";
import { clientsList } from "@/lib/services/clients/list";
import { page } from "@/lib/web/page";
import { labelParam } from "../_components/label-param";
import { parseFilter, readSearch, type SearchParams } from "../_components/search-params";
import { currentUser } from "../current-user";

export const metadata: Metadata = { title: "Clients" };

const STATUS_OPTIONS = [
  { value: "online", label: "Online" },
  { value: "offline", label: "Offline" },
  { value: "new", label: "Waiting" },
];

export default async function ClientsPage({ searchParams }: { searchParams: SearchParams }) {
  const { isAdmin } = await currentUser();
  const { q, cursor, before, ...search } = await readSearch(searchParams);
  const label = labelParam(search.label);
  const status = parseFilter(CLIENT_STATUSES, search.status);
  const { items, nextCursor } = await page(clientsList, { q, label, status, cursor });
  const isFiltered = Boolean(q || label || status);
  const create = (text: string) => (
    <LinkButton href="/clients/new" variant="primary">
      {text}
    </LinkButton>
  );
  return (
    <Page>
      <LiveRefresh topics={["clients"]} />
      <PageHeader
        title="Clients"
        sub="Machines that report to Belfry, and whether they still do"
        actions={isAdmin && create("New client")}
      />
      {(items.length > 0 || isFiltered || cursor) && (
        <FilterBar>
          <SearchField label="Search clients" />
          <SearchField param="label" label="Label" placeholder="Label, as key:value" />
          <FilterSelect param="status" label="Status" allLabel="All statuses" options={STATUS_OPTIONS} />
        </FilterBar>
      )}
      <Panel padded={false}>
        {items.length > 0 ? (
          <ClientTable clients={items} />
        ) : (
          <EmptyState
            title={isFiltered ? "Nothing found" : "No clients yet"}
            action={isAdmin && !isFiltered && create("Add the first client")}
          >
            {isFiltered
              ? "No client matches the search."
              : "A client is another machine with a small agent, installed by one copied line. When it stops reporting, people are notified."}
          </EmptyState>
        )}
      </Panel>
      <Pager nextCursor={nextCursor} cursor={cursor} before={before} params={{ q, label, status }} />
    </Page>
  );
}
