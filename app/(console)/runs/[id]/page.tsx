import type { Metadata } from "next";
import { currentUser } from "@/app/(console)/current-user";
import { runJob } from "@/app/(console)/jobs/actions";
import { ArtifactTable } from "@/components/artifact/artifact-table";
import { RunNowButton } from "@/components/job/run-now-button";
import { LiveRefresh } from "@/components/live/live-refresh";
import { CancelRunButton } from "@/components/run/cancel-run-button";
import { RunDeliveries } from "@/components/run/run-deliveries";
import { RunFacts } from "@/components/run/run-facts";
import { RUN_KIND_NAME } from "@/components/run/run-labels";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { LogView } from "@/components/status/log-view";
import { RunStatusBadge } from "@/components/status/run-status-badge";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton, TextLink } from "@/components/ui/link-button";
import { ErrorNote, Note } from "@/components/ui/note";
import { Columns, Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";
import { deliveriesList } from "@/lib/services/deliveries/list";
import { runsGet } from "@/lib/services/runs/get";
import { runsLog } from "@/lib/services/runs/log";
import { page, pageOrNull } from "@/lib/web/page";
import { cancelRun } from "../actions";

export const metadata: Metadata = { title: "Run" };

export default async function RunPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const actor = await currentUser();
  const [run, log, deliveries] = await Promise.all([
    page(runsGet, { id }),
    pageOrNull(runsLog, { id }),
    page(deliveriesList, { runId: id }),
  ]);
  const mayAct = actor.role !== "viewer";
  const isGoing = run.status === "queued" || run.status === "running";
  const artifacts = run.artifacts ?? [];
  return (
    <Page>
      <LiveRefresh topics={["runs", "run-log"]} ids={[id]} />
      <LiveRefresh topics={["deliveries"]} />
      <Crumbs items={[{ label: "Runs", href: "/runs" }, { label: run.name }]} />
      <PageHeader
        title={run.name}
        badge={<RunStatusBadge status={run.status} />}
        sub={RUN_KIND_NAME[run.kind]}
        actions={
          mayAct &&
          (isGoing ? (
            <CancelRunButton
              run={{ id, kind: run.kind, isQueued: run.status === "queued", isStopping: run.isCancelRequested }}
              cancel={cancelRun}
            />
          ) : run.kind === "backup" && run.jobId ? (
            <RunNowButton jobId={run.jobId} jobName={run.name} run={runJob} />
          ) : null)
        }
      />
      {run.error &&
        run.error !== "Canceled." &&
        (run.status === "failure" ? (
          <ErrorNote title="The run failed" detail={run.error} advice={run.advice} />
        ) : (
          <Note tone={run.status === "warning" ? "warning" : "neutral"} title={run.error}>
            {run.advice}
          </Note>
        ))}
      <Columns
        side={
          <Panel title="About">
            <RunFacts run={run} now={Date.now()} />
          </Panel>
        }
      >
        {log ? (
          <Panel
            title="Log"
            padded={false}
            aside={log.isTruncated ? "The middle was left out: the log was too long." : undefined}
          >
            <LogView text={log.text} label="Log of this run" streaming={isGoing} />
          </Panel>
        ) : (
          <Panel title="Log">
            <Note>Logs may hold names of files and databases: they are for operators and administrators.</Note>
          </Panel>
        )}
        {run.kind !== "restore" && (
          <Panel title="Backups" padded={false}>
            {artifacts.length > 0 ? (
              <ArtifactTable artifacts={artifacts} canRestore={mayAct} />
            ) : (
              <EmptyState>
                {isGoing ? "Nothing is stored until the run has ended." : "This run left no backup."}
              </EmptyState>
            )}
          </Panel>
        )}
        <Panel
          title="RoutingPreview was told"
          padded={false}
          aside={deliveries.nextCursor ? <TextLink href={`/deliveries?runId=${id}`}>All of them</TextLink> : undefined}
        >
          {deliveries.items.length > 0 ? (
            <RunDeliveries deliveries={deliveries.items} />
          ) : (
            <EmptyState
              action={
                mayAct &&
                run.jobId && (
                  <LinkButton href={`/jobs/${run.jobId}?tab=notifications`} size="sm">
                    RoutingPreview is told about this job
                  </LinkButton>
                )
              }
            >
              {isGoing
                ? "Nobody yet: the run has not ended."
                : run.status === "canceled"
                  ? "Nobody: a run that was canceled counts as neither success nor failure."
                  : "Nobody: no channel asked for this outcome, or for hearing of the same problem again."}
            </EmptyState>
          )}
        </Panel>
      </Columns>
    </Page>
  );
}
