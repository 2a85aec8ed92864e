import { X } from "lucide-react";
import type { Metadata } from "next";
import { readDateSpan } from "@/app/(console)/_components/date-span";
import { readSearch, type SearchParams } from "@/app/(console)/_components/search-params";
import { currentUser } from "@/app/(console)/current-user";
import { ArtifactTable } from "@/components/artifact/artifact-table";
import { BackupCalendar } from "@/components/artifact/backup-calendar";
import { classNames } from "@/components/class-names";
import { dayKey } from "@/components/format";
import { LiveRefresh } from "@/components/live/live-refresh";
import { DateRange } from "@/components/ui/date-range";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter-bar";
import { LinkButton } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";
import { artifactsDays } from "@/lib/services/artifacts/days";
import { artifactsList } from "@/lib/services/artifacts/list";
import { jobsGet } from "@/lib/services/jobs/get";
import { jobsOptions } from "@/lib/services/jobs/options";
import { page, pageOrNull } from "@/lib/web/page";
import { JobPicker } from "./_components/job-picker";
import { acceptArtifact, testArtifactRestore } from "./actions";

export const metadata: Metadata = { title: "Restore" };

export default async function RestorePage({ searchParams }: { searchParams: SearchParams }) {
  const { isOperator, timezone } = await currentUser();
  const { jobId, cursor, before, ...search } = await readSearch(searchParams);
  const span = readDateSpan(search, timezone);
  const [{ items, nextCursor }, calendar, job, jobs] = await Promise.all([
    page(artifactsList, { jobId, cursor, ...span.times }),
    page(artifactsDays, { month: monthOf(search.month) ?? monthOf(span.params.from?.slice(0, 7)), jobId }),
    jobId ? pageOrNull(jobsGet, { id: jobId }) : null,
    page(jobsOptions, {}),
  ]);
  const isNarrowed = Object.keys(span.params).length > 0;
  const backups = items.filter((artifact) => artifact.restoresTo !== "configuration");
  // A month without backups says something only where there are some in others.
  const hasCalendar = backups.length > 0 || calendar.days.length > 0 || isNarrowed || search.month !== undefined;
  return (
    <Page>
      <LiveRefresh topics={["runs"]} />
      <PageHeader
        title="Restore"
        sub={
          isOperator
            ? "Choose a backup, then where to restore it. Nothing is overwritten without confirmation."
            : "The stored backups. Operators and administrators can restore them."
        }
      />
      {(jobs.length > 0 || job) && (
        <FilterBar>
          <JobPicker jobs={jobs} current={job && { id: job.id, name: job.name }} />
          <DateRange />
          {(job || isNarrowed) && (
            <LinkButton href="/restore" variant="ghost" icon={<X aria-hidden="true" className="size-3.5" />}>
              Clear
            </LinkButton>
          )}
        </FilterBar>
      )}
      <div className={classNames("grid items-start gap-4", hasCalendar && "lg:grid-cols-[17rem_minmax(0,1fr)]")}>
        {hasCalendar && (
          <BackupCalendar {...calendar} today={dayKey(Date.now(), timezone)} chosen={span.params} params={{ jobId }} />
        )}
        <Panel padded={false}>
          {backups.length > 0 ? (
            <ArtifactTable
              artifacts={backups}
              withJob={!job}
              byBackup
              canRestore={isOperator}
              actions={{ testRestore: testArtifactRestore, accept: acceptArtifact }}
            />
          ) : (
            <EmptyState
              title={isNarrowed ? "No backups on these days" : "No backups yet"}
              action={
                job ? (
                  <LinkButton href={`/jobs/${job.id}`}>Go to {job.name}</LinkButton>
                ) : (
                  <LinkButton href="/jobs">Go to the jobs</LinkButton>
                )
              }
            >
              {job
                ? `${job.name} has no stored backup.`
                : "Once a job has stored a backup, it can be restored from here."}
            </EmptyState>
          )}
        </Panel>
      </div>
      <Pager newestFirst nextCursor={nextCursor} cursor={cursor} before={before} params={{ jobId, ...span.params }} />
    </Page>
  );
}

/** What is no month of the calendar counts as none. */
function monthOf(text: string | undefined): string | undefined {
  return text && /^(?:19[7-9]\d|2\d{3})-(?:0[1-9]|1[0-2])$/.test(text) ? text : undefined;
}
