import type { Metadata } from "next";
import { readSearch, type SearchParams } from "@/app/(console)/_components/search-params";
import { currentUser } from "@/app/(console)/current-user";
import { endpointSummary } from "@/components/endpoint/endpoint-summary";
import { UsedBy } from "@/components/endpoint/used-by";
import { msOf } from "@/components/ms-of";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter-select";
import { Link } from "@/components/ui/link";
import { LinkButton } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { SearchField } from "@/components/ui/search-field";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import { sourcesList } from "@/lib/services/sources/list";
import { page } from "@/lib/web/page";

export const metadata: Metadata = { title: "Sources" };

export default async function SourcesPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await currentUser();
  const { q, cursor } = await readSearch(searchParams);
  const { items, nextCursor } = await page(sourcesList, { q, cursor });
  const isAdmin = actor.role === "admin";
  return (
    <Page>
      <PageHeader
        title="Sources"
        sub="What is backed up: databases and folders."
        actions={
          isAdmin && (
            <LinkButton href="/sources/new" variant="primary">
              New source
            </LinkButton>
          )
        }
      />
      {(items.length > 0 || q || cursor) && (
        <FilterBar>
          <SearchField label="Search sources" />
        </FilterBar>
      )}
      <Panel padded={false}>
        {items.length === 0 ? (
          <EmptyState
            title={q ? "Nothing found" : "No sources yet"}
            action={
              isAdmin &&
              !q && (
                <LinkButton href="/sources/new" variant="primary">
                  Add the first source
                </LinkButton>
              )
            }
          >
            {q
              ? `No source has “${q}” in its name.`
              : "A source is what a job reads: a SQLite file, a folder or a PostgreSQL database."}
          </EmptyState>
        ) : (
          <Table label="Sources">
            <Thead>
              <Th>Source</Th>
              <Th>Where</Th>
              <Th>Used by</Th>
              <Th>Added</Th>
            </Thead>
            <Tbody>
              {items.map((source) => (
                <Tr key={source.id}>
                  <Td>
                    <Primary sub={source.kindLabel}>
                      <Link href={`/sources/${source.id}`} className="hover:underline">
                        {source.name}
                      </Link>
                    </Primary>
                  </Td>
                  <Td label="Where">
                    <span className="num text-muted text-xs [overflow-wrap:anywhere]">
                      {endpointSummary(source.config)}
                    </span>
                  </Td>
                  <Td label="Used by">
                    <UsedBy jobs={source.usedBy} />
                  </Td>
                  <Td label="Added" className="text-muted">
                    <RelativeTime at={msOf(source.createdAt)} />
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
