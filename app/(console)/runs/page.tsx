import type { Metadata } from "next";
import { parseFilter, readSearch, type SearchParams } from "@/app/(console)/_components/search-params";
import { LiveRefresh } from "@/components/live/live-refresh";
import { RUN_KIND_NAME } from "@/components/run/run-labels";
import { RunTable } from "@/components/run/run-table";
import { RUN_STATUS_STYLE } from "@/components/status/run-status-badge";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar, FilterSelect } from "@/components/ui/filter-select";
import { LinkButton } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";
import { RUN_KINDS, RUN_STATUSES } from "@/lib/core/run";
import { jobsOptions } from "@/lib/services/jobs/options";
import { runsList } from "@/lib/services/runs/list";
import { page } from "@/lib/web/page";

export const metadata: Metadata = { title: "Runs" };

export default async function RunsPage({ searchParams }: { searchParams: SearchParams }) {
  const { cursor, jobId, ...search } = await readSearch(searchParams);
  const status = parseFilter(RUN_STATUSES, search.status);
  const kind = parseFilter(RUN_KINDS, search.kind);
  const [{ items, nextCursor }, jobs] = await Promise.all([
    page(runsList, { cursor, jobId, status, kind }),
    page(jobsOptions, {}),
  ]);
  const isFiltered = Boolean(jobId || status || kind);
  return (
    <Page>
      <LiveRefresh topics={["runs"]} />
      <PageHeader title="Runs" sub="Backups, restores and configuration backups" />
      {(items.length > 0 || isFiltered || cursor) && (
        <FilterBar>
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
      <Pager newestFirst nextCursor={nextCursor} cursor={cursor} params={{ jobId, status, kind }} />
    </Page>
  );
}
