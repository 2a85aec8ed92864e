import type { Metadata } from "next";
import { readSearch, type SearchParams } from "@/app/(console)/_components/search-params";
import { currentUser } from "@/app/(console)/current-user";
import { pluralize } from "@/components/format";
import { HealthCounts } from "@/components/job/health-counts";
import { LiveRefresh } from "@/components/live/live-refresh";
import { SilenceMenu } from "@/components/silence/silence-menu";
import { LinkButton } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { OVERVIEW_JOBS } from "@/lib/core/job-health";
import { alertsList } from "@/lib/services/alerts/list";
import { jobsList } from "@/lib/services/jobs/list";
import { overviewRead } from "@/lib/services/overview/read";
import { runsList } from "@/lib/services/runs/list";
import { page } from "@/lib/web/page";
import { AlertsPanel } from "./_components/alerts-panel";
import { FailingChannels } from "./_components/failing-channels";
import { GettingStarted } from "./_components/getting-started";
import { JobsPanel } from "./_components/jobs-panel";
import { OverviewStats } from "./_components/overview-stats";
import { TonightPanel } from "./_components/tonight-panel";
import { acknowledgeAlertAction, resolveAlertAction } from "./actions";
import { silenceMenuActions } from "./silences/menu-actions";

export const metadata: Metadata = { title: "Overview" };

const MAX_ALERTS = 20;

export default async function OverviewPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await currentUser();
  const { cursor, before } = await readSearch(searchParams);
  const [overview, alerts, jobs, runs] = await Promise.all([
    page(overviewRead, {}),
    page(alertsList, { status: "open", limit: MAX_ALERTS, cursor }),
    page(jobsList, { limit: OVERVIEW_JOBS, order: "health" }),
    page(runsList, { kind: "backup", limit: 200 }),
  ]);
  const now = Date.now();
  const mayAct = actor.isOperator;
  const isNew = overview.jobs.total === 0;
  return (
    <Page>
      <LiveRefresh topics={["alerts", "jobs", "runs", "channels", "deliveries"]} />
      <PageHeader
        title={cursor ? "Open alerts" : headline(alerts.items.length, alerts.nextCursor !== null, isNew)}
        sub={
          isNew
            ? "Nothing is backed up yet"
            : `${overview.jobs.byHealth.healthy.toLocaleString("en")} of ${pluralize(overview.jobs.total, "job")} healthy`
        }
        actions={
          actor.mayEdit &&
          !isNew && (
            <>
              <SilenceMenu name="everything" conditions={[]} actions={silenceMenuActions} />
              <LinkButton href="/jobs/new" variant="primary">
                New job
              </LinkButton>
            </>
          )
        }
      />
      {isNew ? (
        <GettingStarted role={actor.isLimited ? "viewer" : actor.role} />
      ) : (
        <>
          <HealthCounts counts={overview.jobs.byHealth} />
          <OverviewStats overview={overview} isLimited={actor.isLimited} />
        </>
      )}
      <AlertsPanel
        alerts={alerts.items}
        nextCursor={alerts.nextCursor}
        cursor={cursor}
        before={before}
        actions={mayAct ? { acknowledge: acknowledgeAlertAction, resolve: resolveAlertAction } : undefined}
      />
      <FailingChannels channels={overview.failingChannels} />
      {!isNew && (
        <TonightPanel
          runs={runs.items}
          hasMore={runs.nextCursor !== null}
          upcoming={overview.upcoming}
          hasMoreUpcoming={overview.hasMoreUpcoming}
          timezone={actor.timezone}
          now={now}
        />
      )}
      {!isNew && <JobsPanel jobs={jobs.items} total={overview.jobs.total} allDays={overview.allDays} />}
    </Page>
  );
}

function headline(open: number, isMore: boolean, isNew: boolean): string {
  if (open === 0) return isNew ? "Welcome to Belfry" : "No open alerts";
  return open === 1 && !isMore ? "1 open alert" : `${open}${isMore ? "+" : ""} open alerts`;
}
