import type { Metadata } from "next";
import { formatBytes, pluralize } from "@/components/format";
import { LiveRefresh } from "@/components/live/live-refresh";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter-bar";
import { Link } from "@/components/ui/link";
import { LinkButton } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";
import { SearchField } from "@/components/ui/search-field";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import { repositoriesList } from "@/lib/services/repositories/list";
import type { RepositoryView } from "@/lib/services/repositories/view";
import { page } from "@/lib/web/page";
import { readSearch, type SearchParams } from "../_components/search-params";
import { currentUser } from "../current-user";

export const metadata: Metadata = { title: "Repositories" };

export default async function RepositoriesPage({ searchParams }: { searchParams: SearchParams }) {
  const { isAdmin } = await currentUser();
  const { q, cursor, before } = await readSearch(searchParams);
  const { items, nextCursor } = await page(repositoriesList, { q, cursor });
  const create = (text: string) => (
    <LinkButton href="/repositories/new" variant="primary">
      {text}
    </LinkButton>
  );
  return (
    <Page>
      <LiveRefresh topics={["repositories"]} />
      <PageHeader
        title="Repositories"
        sub="Stores of borg and restic, with their checks"
        actions={isAdmin && create("New repository")}
      />
      {(items.length > 0 || q || cursor) && (
        <FilterBar>
          <SearchField label="Search repositories" />
        </FilterBar>
      )}
      <Panel padded={false}>
        {items.length > 0 ? (
          <RepositoryTable items={items} />
        ) : (
          <EmptyState
            title={q ? "Nothing found" : "No repositories yet"}
            action={isAdmin && !q && create("Add the first repository")}
          >
            {q
              ? "No repository matches the search."
              : "A repository is made by borg or restic. Belfry checks, compacts and prunes it, and notifies when it is damaged."}
          </EmptyState>
        )}
      </Panel>
      <Pager nextCursor={nextCursor} cursor={cursor} before={before} params={{ q }} />
    </Page>
  );
}

function RepositoryTable({ items }: { items: readonly RepositoryView[] }) {
  return (
    <Table label="Repositories" compact="sm">
      <Thead>
        <Th>Repository</Th>
        <Th width="w-32">Kind</Th>
        <Th num width="w-32">
          Archives
        </Th>
        <Th num width="w-32">
          On disk
        </Th>
      </Thead>
      <Tbody>
        {items.map(({ id, name, location, kindLabel, contents }) => (
          <Tr key={id}>
            <Td inCompact="name">
              <Primary
                sub={location || null}
                compactSub={[contentsText(contents), location].filter(Boolean).join(" · ")}
              >
                <Link href={`/repositories/${id}`} className="hover:underline">
                  {name}
                </Link>
              </Primary>
            </Td>
            <Td inCompact="state">{kindLabel}</Td>
            <Td num>{contents?.archives ?? "–"}</Td>
            <Td num>
              {contents && contents.deduplicatedBytes !== null ? formatBytes(contents.deduplicatedBytes) : "–"}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

function contentsText(contents: RepositoryView["contents"]): string | null {
  if (!contents) return null;
  const { archives, deduplicatedBytes } = contents;
  return deduplicatedBytes === null
    ? pluralize(archives, "archive")
    : `${pluralize(archives, "archive")}, ${formatBytes(deduplicatedBytes)}`;
}
