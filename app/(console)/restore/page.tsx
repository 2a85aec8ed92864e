import { X } from "lucide-react";
import type { Metadata } from "next";
import { readDateSpan } from "@/app/(console)/_components/date-span";
import { readSearch, type SearchParams } from "@/app/(console)/_components/search-params";
import { currentUser } from "@/app/(console)/current-user";
import { ArtifactTable } from "@/components/artifact/artifact-table";
import { LiveRefresh } from "@/components/live/live-refresh";
import { DateRange } from "@/components/ui/date-range";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter-select";
import { LinkButton } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";
import { artifactsList } from "@/lib/services/artifacts/list";
import { jobsGet } from "@/lib/services/jobs/get";
import { jobsOptions } from "@/lib/services/jobs/options";
import { page, pageOrNull } from "@/lib/web/page";
import { JobPicker } from "./_components/job-picker";
import { acceptArtifact, testArtifactRestore } from "./actions";

export const metadata: Metadata = { title: "Restore" };

export default async function RestorePage({ searchParams }: { searchParams: SearchParams }) {
  const { isOperator, timezone } = await currentUser();
  const { jobId, cursor, ...search } = await readSearch(searchParams);
  const span = readDateSpan(search, timezone);
  const [{ items, nextCursor }, job, jobs] = await Promise.all([
    page(artifactsList, { jobId, cursor, ...span.times }),
    jobId ? pageOrNull(jobsGet, { id: jobId }) : null,
    page(jobsOptions, {}),
  ]);
  const isNarrowed = Object.keys(span.params).length > 0;
  const backups = items.filter((artifact) => artifact.restoresTo !== "configuration");
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
      <Pager newestFirst nextCursor={nextCursor} cursor={cursor} params={{ jobId, ...span.params }} />
    </Page>
  );
}
