import type { Metadata } from "next";
import { LiveRefresh } from "@/components/live/live-refresh";
import { SyncTable } from "@/components/sync/sync-table";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter-bar";
import { LinkButton } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";
import { SearchField } from "@/components/ui/search-field";
import { syncsList } from "@/lib/services/syncs/list";
import { page } from "@/lib/web/page";
import { readSearch, type SearchParams } from "../_components/search-params";
import { currentUser } from "../current-user";

export const metadata: Metadata = { title: "Syncs" };

export default async function SyncsPage({ searchParams }: { searchParams: SearchParams }) {
  const { isAdmin } = await currentUser();
  const { q, cursor, before } = await readSearch(searchParams);
  const { items, nextCursor } = await page(syncsList, { q, cursor });
  const create = (text: string) => (
    <LinkButton href="/syncs/new" variant="primary">
      {text}
    </LinkButton>
  );
  return (
    <Page>
      <LiveRefresh topics={["jobs", "runs"]} />
      <PageHeader
        title="Syncs"
        sub="Folders and repositories that are copied to a destination, file by file"
        actions={isAdmin && create("New sync")}
      />
      {(items.length > 0 || q || cursor) && (
        <FilterBar>
          <SearchField label="Search syncs" />
        </FilterBar>
      )}
      <Panel padded={false}>
        {items.length > 0 ? (
          <SyncTable syncs={items} />
        ) : (
          <EmptyState
            title={q ? "Nothing found" : "No syncs yet"}
            action={isAdmin && !q && create("Add the first sync")}
          >
            {q
              ? "No sync matches the search."
              : "A sync copies a folder or a repository of this machine to S3, SFTP or another folder: only what changed, each file compared after it was stored."}
          </EmptyState>
        )}
      </Panel>
      <Pager nextCursor={nextCursor} cursor={cursor} before={before} params={{ q }} />
    </Page>
  );
}
