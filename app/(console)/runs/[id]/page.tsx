import { ChevronLeft, ChevronRight } from "lucide-react";
import type { Metadata } from "next";
import { cache } from "react";
import { currentUser } from "@/app/(console)/current-user";
import { runJob } from "@/app/(console)/jobs/actions";
import { acceptArtifact, testArtifactRestore } from "@/app/(console)/restore/actions";
import { ArtifactTable } from "@/components/artifact/artifact-table";
import { RunNowButton } from "@/components/job/run-now-button";
import { LiveRefresh } from "@/components/live/live-refresh";
import { CancelRunButton } from "@/components/run/cancel-run-button";
import { NotNotifiedList } from "@/components/run/not-notified-list";
import { ReportedArchives } from "@/components/run/reported-archives";
import { RunDeliveries } from "@/components/run/run-deliveries";
import { RunDetails } from "@/components/run/run-details";
import { RUN_KIND_NAME } from "@/components/run/run-labels";
import { RunProgressPanel } from "@/components/run/run-progress-panel";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { LogView } from "@/components/status/log-view";
import { RunStatusBadge, runStatusLabel, type ShownRun } from "@/components/status/run-status-badge";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton, TextLink } from "@/components/ui/link-button";
import { ErrorNote, Note } from "@/components/ui/note";
import { Columns, Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";
import type { RunKind, RunStatus } from "@/lib/core/run";
import { deliveriesList } from "@/lib/services/deliveries/list";
import { runsGet } from "@/lib/services/runs/get";
import { runsLog } from "@/lib/services/runs/log";
import type { RunView } from "@/lib/services/runs/view";
import { page, pageOrNull } from "@/lib/web/page";
import { cancelRunAction } from "../actions";

const readRun = cache((id: string) => page(runsGet, { id }));

export async function generateMetadata({ params }: { params: Promise<{ id: string }> }): Promise<Metadata> {
  const run = await readRun((await params).id);
  return { title: `${run.name}, ${runStatusLabel(run).toLowerCase()}` };
}

export default async function RunPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const actor = await currentUser();
  const [run, log, deliveries] = await Promise.all([
    readRun(id),
    pageOrNull(runsLog, { id }),
    page(deliveriesList, { runId: id }),
  ]);
  const mayAct = actor.isOperator;
  const isActive = run.status === "queued" || run.status === "running";
  const notNotified = run.notNotified ?? [];
  return (
    <Page>
      <LiveRefresh topics={["runs", "run-log", "run-progress"]} ids={[id]} />
      <LiveRefresh topics={["deliveries"]} />
      <Crumbs items={[{ label: "Runs", href: "/runs" }, { label: run.name }]} />
      <PageHeader
        title={run.name}
        badge={<RunStatusBadge run={run} />}
        sub={RUN_KIND_NAME[run.kind]}
        actions={
          <>
            <NeighborLinks previousId={run.previousId} nextId={run.nextId} />
            {mayAct &&
              (isActive ? (
                <CancelRunButton
                  run={{ id, kind: run.kind, isQueued: run.status === "queued", isStopping: run.isCancelRequested }}
                  cancel={cancelRunAction}
                />
              ) : run.kind === "backup" && run.jobId ? (
                <RunNowButton jobId={run.jobId} jobName={run.name} run={runJob} />
              ) : null)}
          </>
        }
      />
      <RunErrorNote run={run} />
      <Columns
        side={
          <Panel title="About">
            <RunDetails run={run} now={Date.now()} />
          </Panel>
        }
      >
        {run.progress && <RunProgressPanel progress={run.progress} />}
        <RunLogPanel log={log} isActive={isActive} />
        <MadePanel run={run} canRestore={actor.mayEdit} />
        <Panel
          title="Notified"
          padded={false}
          aside={deliveries.nextCursor ? <TextLink href={`/deliveries?runId=${id}`}>View all</TextLink> : undefined}
        >
          {deliveries.items.length > 0 ? (
            <RunDeliveries deliveries={deliveries.items} />
          ) : (
            <NoRunDeliveries run={run} hasReasons={notNotified.length > 0} jobId={mayAct ? run.jobId : null} />
          )}
          <NotNotifiedList items={notNotified} />
        </Panel>
      </Columns>
    </Page>
  );
}

/** What a run made: the backups that Belfry stores, or the archives of a program that keeps them itself. */
function MadePanel({ run, canRestore }: { run: RunView; canRestore: boolean }) {
  const { artifacts = [], archives } = run;
  if (archives) {
    return (
      <Panel title="Archives" padded={false}>
        <ReportedArchives archives={archives} />
      </Panel>
    );
  }
  if (artifacts.length === 0 && run.kind !== "backup" && run.kind !== "config_backup") return null;
  const isActive = run.status === "queued" || run.status === "running";
  return (
    <Panel title="Backups" padded={false}>
      {artifacts.length > 0 ? (
        <ArtifactTable
          artifacts={artifacts}
          canRestore={canRestore}
          actions={{ testRestore: testArtifactRestore, accept: acceptArtifact }}
        />
      ) : (
        <EmptyState>
          {isActive ? "Backups appear when the run finishes." : "This run stored no backup here."}
        </EmptyState>
      )}
    </Panel>
  );
}

/** To the runs of the same job before and after. */
function NeighborLinks({ previousId, nextId }: { previousId?: string | null; nextId?: string | null }) {
  if (!previousId && !nextId) return null;
  const links = [
    ["Previous run", previousId, ChevronLeft],
    ["Next run", nextId, ChevronRight],
  ] as const;
  return (
    <nav aria-label="Runs of this job" className="flex">
      {links.map(([label, id, Icon]) =>
        id ? (
          <LinkButton key={label} href={`/runs/${id}`} variant="ghost" label={label} className="w-8 px-0">
            <Icon aria-hidden="true" className="size-4" />
          </LinkButton>
        ) : (
          <span key={label} className="w-8 pointer-coarse:w-10" />
        ),
      )}
    </nav>
  );
}

function RunErrorNote({ run }: { run: { status: RunStatus; error: string | null; advice: string | null } }) {
  // The status shows that already.
  if (!run.error || run.error === "Canceled.") return null;
  if (run.status === "failure") return <ErrorNote title="The run failed" detail={run.error} advice={run.advice} />;
  return (
    <Note tone={run.status === "warning" ? "warning" : "neutral"} title={run.error}>
      {run.advice}
    </Note>
  );
}

/** @param log null for users who may not read logs */
function RunLogPanel({ log, isActive }: { log: { text: string; isTruncated: boolean } | null; isActive: boolean }) {
  if (!log) {
    return (
      <Panel title="Log">
        <Note>Logs may contain file and database names. Only operators and administrators can see them.</Note>
      </Panel>
    );
  }
  return (
    <Panel title="Log" padded={false} aside={log.isTruncated ? "The middle of the log was cut" : undefined}>
      <LogView text={log.text} label="Log of this run" streaming={isActive} />
    </Panel>
  );
}

type RunOfKind = ShownRun & { kind: RunKind };

/** @param jobId null for users who may not change the job */
function NoRunDeliveries(props: { run: RunOfKind; hasReasons: boolean; jobId: string | null }) {
  const { run, hasReasons, jobId } = props;
  const rulesLink = jobId && run.kind === "backup" && (
    <LinkButton href={`/jobs/${jobId}?tab=notifications`} size="sm">
      Notification rules
    </LinkButton>
  );
  return <EmptyState action={rulesLink}>{explainSilence(run, hasReasons)}</EmptyState>;
}

function explainSilence({ kind, status, reasonCode }: RunOfKind, hasReasons: boolean): string {
  if (status === "queued" || status === "running") return "No notifications yet: the run has not finished.";
  if (reasonCode === "skipped") return "No notifications: no rule takes warnings, which a skipped backup is one of.";
  if (status === "canceled") return "No notifications: a canceled run counts as neither success nor failure.";
  if (hasReasons) return "Nothing was sent about this run.";
  // The rules of a job are about its backups alone.
  return kind === "backup"
    ? "No notifications: no rule takes this outcome."
    : "No notifications: no channel is selected for this event.";
}
