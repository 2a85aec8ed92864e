import type { Metadata } from "next";
import { labelParam } from "@/app/(console)/_components/label-param";
import { parseFilter, readSearch, type SearchParams } from "@/app/(console)/_components/search-params";
import { currentUser } from "@/app/(console)/current-user";
import { formatNumber, pluralize } from "@/components/format";
import { JobSelection } from "@/components/job/job-selection";
import { JobTable } from "@/components/job/job-table";
import { LiveRefresh } from "@/components/live/live-refresh";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";
import { JOB_HEALTHS, JOB_ORDERS } from "@/lib/core/job-health";
import { RUN_STATUSES } from "@/lib/core/run";
import { jobsCount } from "@/lib/services/jobs/count";
import { jobsList } from "@/lib/services/jobs/list";
import { page } from "@/lib/web/page";
import { suggestLabels } from "../label-actions";
import { BulkBar } from "./_components/bulk-bar";
import { JobFilterBar } from "./_components/job-filter-bar";
import { readJobChoices, readJobIds } from "./_components/job-filters";
import { changeJobsAction, findJobIds, runJob } from "./actions";

export const metadata: Metadata = { title: "Jobs" };

export default async function JobsPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await currentUser();
  const { q, cursor, before, ...search } = await readSearch(searchParams);
  const health = parseFilter(JOB_HEALTHS, search.health);
  const state = parseFilter(RUN_STATUSES, search.state);
  const order = parseFilter(JOB_ORDERS, search.order);
  const choices = await readJobChoices();
  const filters = { q, health, state, label: labelParam(search.label), ...readJobIds(search, choices) };
  const [{ items, nextCursor }, counts] = await Promise.all([
    page(jobsList, { ...filters, order, cursor }),
    page(jobsCount, filters),
  ]);
  const { isOperator, mayEdit } = actor;
  const isFiltered = Object.values(filters).some(Boolean);
  const newJob = (label: string) => (
    <LinkButton href="/jobs/new" variant="primary">
      {label}
    </LinkButton>
  );
  return (
    <Page>
      <LiveRefresh topics={["jobs", "runs", "alerts"]} />
      <PageHeader
        title="Jobs"
        sub="Schedules, sources, destinations and notification rules."
        badge={counts.total > 0 && <JobTotal {...counts} isFiltered={isFiltered} />}
        actions={
          mayEdit && (
            <>
              <LinkButton href="/jobs/import">Import</LinkButton>
              {newJob("New job")}
            </>
          )
        }
      />
      {(items.length > 0 || isFiltered || cursor) && <JobFilterBar choices={choices} isFiltered={isFiltered} />}
      <JobSelection>
        <Panel padded={false}>
          {items.length > 0 ? (
            <JobTable jobs={items} now={Date.now()} run={isOperator ? runJob : undefined} selectable={mayEdit} />
          ) : isFiltered ? (
            <EmptyState title="Nothing found" action={<LinkButton href="/jobs">Show all jobs</LinkButton>}>
              No job matches the search.
            </EmptyState>
          ) : (
            <EmptyState title="No jobs yet" action={mayEdit && newJob("Create the first job")}>
              A job backs up a source to its destinations on a schedule, and notifies channels of the result.
            </EmptyState>
          )}
        </Panel>
        <Pager nextCursor={nextCursor} cursor={cursor} before={before} params={{ ...filters, order }} />
        {mayEdit && (
          <BulkBar
            shown={items.map(({ id }) => id)}
            profiles={choices.profiles}
            filters={filters}
            hasMore={nextCursor !== null || Boolean(cursor)}
            findIds={findJobIds}
            change={changeJobsAction}
            suggestLabels={suggestLabels}
          />
        )}
      </JobSelection>
    </Page>
  );
}

/** How many jobs there are; narrowed down, how many of them are listed. */
function JobTotal({ total, matching, isFiltered }: { total: number; matching: number; isFiltered: boolean }) {
  return (
    <span className="text-muted tabular-nums">
      {isFiltered ? `${formatNumber(matching)} of ${formatNumber(total)}` : pluralize(total, "job")}
    </span>
  );
}
