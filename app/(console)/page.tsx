import type { Metadata } from "next";
import { currentUser } from "@/app/(console)/current-user";
import { OpenProblems } from "@/components/alert/open-problems";
import { pluralize } from "@/components/format";
import { JobTable } from "@/components/job/job-table";
import { LiveRefresh } from "@/components/live/live-refresh";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton, TextLink } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";
import { alertsList } from "@/lib/services/alerts/list";
import { jobsList } from "@/lib/services/jobs/list";
import { overviewRead } from "@/lib/services/overview/read";
import { page } from "@/lib/web/page";
import { FailingChannels } from "./_components/failing-channels";
import { FirstSteps } from "./_components/first-steps";
import { OverviewStats } from "./_components/overview-stats";
import { acknowledgeAlert, resolveAlert } from "./actions";

export const metadata: Metadata = { title: "Overview" };

const SHOWN_JOBS = 50;

export default async function OverviewPage() {
  const actor = await currentUser();
  const [overview, problems, jobs] = await Promise.all([
    page(overviewRead, {}),
    page(alertsList, { status: "open" }),
    page(jobsList, { limit: SHOWN_JOBS }),
  ]);
  const now = Date.now();
  const mayAct = actor.role !== "viewer";
  const isNew = overview.jobs.total === 0;
  return (
    <Page>
      <LiveRefresh topics={["alerts", "jobs", "runs", "channels", "deliveries"]} />
      <PageHeader
        title={headline(problems.items.length, problems.nextCursor !== null, isNew)}
        sub={
          isNew
            ? "Nothing is backed up yet."
            : `${overview.jobs.well} of ${pluralize(overview.jobs.total, "job")} ${overview.jobs.total === 1 ? "is" : "are"} well.`
        }
        actions={
          mayAct &&
          !isNew && (
            <LinkButton href="/jobs/new" variant="primary">
              New job
            </LinkButton>
          )
        }
      />
      {isNew ? <FirstSteps role={actor.role} /> : <OverviewStats overview={overview} />}
      {problems.items.length > 0 && (
        <Panel
          title="Open problems"
          padded={false}
          aside={`${problems.items.length}${problems.nextCursor ? "+" : ""} open`}
        >
          <OpenProblems
            problems={problems.items}
            acts={mayAct ? { acknowledge: acknowledgeAlert, resolve: resolveAlert } : undefined}
          />
        </Panel>
      )}
      <FailingChannels channels={overview.failingChannels} />
      {!isNew && (
        <Panel
          title="Jobs"
          padded={false}
          aside={<TextLink href="/jobs">All jobs</TextLink>}
          footer={
            jobs.nextCursor ? (
              <span className="text-muted">
                The first {SHOWN_JOBS} of {overview.jobs.total}. <TextLink href="/jobs">See them all</TextLink>
              </span>
            ) : undefined
          }
        >
          {jobs.items.length > 0 ? <JobTable jobs={jobs.items} now={now} /> : <EmptyState>No job to show.</EmptyState>}
        </Panel>
      )}
    </Page>
  );
}

function headline(open: number, isMore: boolean, isNew: boolean): string {
  if (open === 0) return isNew ? "Welcome to Belfry" : "All is well";
  return open === 1 && !isMore ? "1 thing needs a look" : `${open}${isMore ? "+" : ""} things need a look`;
}
