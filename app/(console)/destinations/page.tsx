import type { Metadata } from "next";
import { readSearch, type SearchParams } from "@/app/(console)/_components/search-params";
import { currentUser } from "@/app/(console)/current-user";
import { endpointSummary } from "@/components/endpoint/endpoint-summary";
import { UsedBy } from "@/components/endpoint/used-by";
import { formatBytes, pluralize } from "@/components/format";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter-select";
import { Link } from "@/components/ui/link";
import { LinkButton } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";
import { SearchField } from "@/components/ui/search-field";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import { destinationsList } from "@/lib/services/destinations/list";
import { page } from "@/lib/web/page";

export const metadata: Metadata = { title: "Destinations" };

export default async function DestinationsPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await currentUser();
  const { q, cursor } = await readSearch(searchParams);
  const { items, nextCursor } = await page(destinationsList, { q, cursor });
  const isAdmin = actor.role === "admin";
  return (
    <Page>
      <PageHeader
        title="Destinations"
        sub="Where backups are kept."
        actions={
          isAdmin && (
            <LinkButton href="/destinations/new" variant="primary">
              New destination
            </LinkButton>
          )
        }
      />
      {(items.length > 0 || q || cursor) && (
        <FilterBar>
          <SearchField label="Search destinations" />
        </FilterBar>
      )}
      <Panel padded={false}>
        {items.length === 0 ? (
          <EmptyState
            title={q ? "Nothing found" : "No destinations yet"}
            action={
              isAdmin &&
              !q && (
                <LinkButton href="/destinations/new" variant="primary">
                  Add the first destination
                </LinkButton>
              )
            }
          >
            {q
              ? `No destination has “${q}” in its name.`
              : "A destination is where a job puts its backups: a folder on this machine, or one that is mounted here."}
          </EmptyState>
        ) : (
          <Table label="Destinations">
            <Thead>
              <Th>Destination</Th>
              <Th>Where</Th>
              <Th num>Holds</Th>
              <Th num>Free</Th>
              <Th>Used by</Th>
            </Thead>
            <Tbody>
              {items.map((destination) => (
                <Tr key={destination.id}>
                  <Td>
                    <Primary sub={destination.kindLabel}>
                      <Link href={`/destinations/${destination.id}`} className="hover:underline">
                        {destination.name}
                      </Link>
                    </Primary>
                  </Td>
                  <Td label="Where">
                    <span className="num text-muted text-xs [overflow-wrap:anywhere]">
                      {endpointSummary(destination.config)}
                    </span>
                  </Td>
                  <Td label="Holds" num>
                    <span>
                      {formatBytes(destination.usage.bytes)}
                      <span className="text-faint"> in {pluralize(destination.usage.count, "backup")}</span>
                    </span>
                  </Td>
                  <Td label="Free" num>
                    {destination.usage.freeBytes == null ? "–" : formatBytes(destination.usage.freeBytes)}
                  </Td>
                  <Td label="Used by">
                    <UsedBy jobs={destination.usedBy} />
                  </Td>
                </Tr>
              ))}
            </Tbody>
          </Table>
        )}
      </Panel>
      <Pager nextCursor={nextCursor} cursor={cursor} params={{ q }} />
    </Page>
  );
}
