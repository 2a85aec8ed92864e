import type { Metadata } from "next";
import { readDateSpan } from "@/app/(console)/_components/date-span";
import { parseFilter, readSearch, type SearchParams } from "@/app/(console)/_components/search-params";
import { currentUser } from "@/app/(console)/current-user";
import { LiveRefresh } from "@/components/live/live-refresh";
import { RUN_KIND_NAME } from "@/components/run/run-labels";
import { RunTable } from "@/components/run/run-table";
import { RUN_STATUS_STYLE } from "@/components/status/run-status-badge";
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
import { RUN_KINDS, RUN_STATUSES } from "@/lib/core/run";
import { jobsOptions } from "@/lib/services/jobs/options";
import { runsList } from "@/lib/services/runs/list";
import { page } from "@/lib/web/page";

export const metadata: Metadata = { title: "Runs" };

export default async function RunsPage({ searchParams }: { searchParams: SearchParams }) {
  const { timezone } = await currentUser();
  const { cursor, before, jobId, q, ...search } = await readSearch(searchParams);
  const status = parseFilter(RUN_STATUSES, search.status);
  const kind = parseFilter(RUN_KINDS, search.kind);
  const span = readDateSpan(search, timezone);
  const [{ items, nextCursor }, jobs] = await Promise.all([
    page(runsList, { cursor, jobId, q, status, kind, ...span.times }),
    page(jobsOptions, {}),
  ]);
  const filters = { jobId, q, status, kind, ...span.params };
  const isFiltered = Object.values(filters).some(Boolean);
  return (
    <Page>
      <LiveRefresh topics={["runs"]} />
      <PageHeader title="Runs" sub="Backups, restores and configuration backups" />
      {(items.length > 0 || isFiltered || cursor) && (
        <FilterBar search={<SearchField label="Search runs" />}>
          <FilterSelect
            param="jobId"
            label="Job"
            allLabel="All jobs"
            options={jobs.map(({ id, name }) => ({ value: id, label: name }))}
          />
          <FilterSelect
            param="status"
            label="Status"
            allLabel="All statuses"
            options={RUN_STATUSES.map((value) => ({ value, label: RUN_STATUS_STYLE[value].label }))}
          />
          <FilterSelect
            param="kind"
            label="Kind"
            allLabel="All kinds"
            options={RUN_KINDS.map((value) => ({ value, label: RUN_KIND_NAME[value] }))}
          />
          <DateRange />
          {isFiltered && (
            <LinkButton href="/runs" variant="ghost">
              Clear
            </LinkButton>
          )}
        </FilterBar>
      )}
      <Panel padded={false}>
        {items.length > 0 ? (
          <RunTable runs={items} now={Date.now()} />
        ) : isFiltered ? (
          <EmptyState title="No matching runs" action={<LinkButton href="/runs">Show all runs</LinkButton>}>
            No run matches these filters.
          </EmptyState>
        ) : (
          <EmptyState title="No runs yet" action={<LinkButton href="/jobs">Go to jobs</LinkButton>}>
            Runs appear here once a job starts, on schedule or with “Run now”.
          </EmptyState>
        )}
      </Panel>
      <Pager newestFirst nextCursor={nextCursor} cursor={cursor} before={before} params={filters} />
    </Page>
  );
}
