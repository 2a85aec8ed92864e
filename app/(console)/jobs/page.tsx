import type { Metadata } from "next";
import { parseFilter, readSearch, type SearchParams } from "@/app/(console)/_components/search-params";
import { currentUser } from "@/app/(console)/current-user";
import { JobTable } from "@/components/job/job-table";
import { LiveRefresh } from "@/components/live/live-refresh";
import { RUN_STATUS_STYLE } from "@/components/status/run-status-badge";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar, FilterSelect } from "@/components/ui/filter-select";
import { LinkButton } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";
import { SearchField } from "@/components/ui/search-field";
import { RUN_STATUSES } from "@/lib/core/run";
import { jobsList } from "@/lib/services/jobs/list";
import { page } from "@/lib/web/page";
import { runJob } from "./actions";

export const metadata: Metadata = { title: "Jobs" };

export default async function JobsPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await currentUser();
  const { q, cursor, ...search } = await readSearch(searchParams);
  const state = parseFilter(RUN_STATUSES, search.state);
  const { items, nextCursor } = await page(jobsList, { q, state, cursor });
  const mayAct = actor.role !== "viewer";
  const isFiltered = Boolean(q || state);
  const newJob = (label: string) => (
    <LinkButton href="/jobs/new" variant="primary">
      {label}
    </LinkButton>
  );
  return (
    <Page>
      <LiveRefresh topics={["jobs", "runs"]} />
      <PageHeader
        title="Jobs"
        sub="Schedules, sources, destinations and notification rules."
        actions={mayAct && newJob("New job")}
      />
      {(items.length > 0 || isFiltered || cursor) && (
        <FilterBar>
          <SearchField label="Search jobs" />
          <FilterSelect
            param="state"
            label="Status of the last run"
            allLabel="All statuses"
            options={RUN_STATUSES.map((value) => ({ value, label: RUN_STATUS_STYLE[value].label }))}
          />
        </FilterBar>
      )}
      <Panel padded={false}>
        {items.length > 0 ? (
          <JobTable jobs={items} now={Date.now()} run={mayAct ? runJob : undefined} />
        ) : isFiltered ? (
          <EmptyState title="Nothing found" action={<LinkButton href="/jobs">Show all jobs</LinkButton>}>
            No job matches the search.
          </EmptyState>
        ) : (
          <EmptyState title="No jobs yet" action={mayAct && newJob("Create the first job")}>
            A job backs up a source to its destinations on a schedule, and notifies channels of the result.
          </EmptyState>
        )}
      </Panel>
      <Pager nextCursor={nextCursor} cursor={cursor} params={{ q, state }} />
    </Page>
  );
}
