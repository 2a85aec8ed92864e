import { runJob } from "@/app/(console)/jobs/actions";
import { RunNowButton } from "@/components/job/run-now-button";
import { LiveRefresh } from "@/components/live/live-refresh";
import { RunDeliveries } from "@/components/run/run-deliveries";
import { LogView } from "@/components/status/log-view";
import { RunStatusBadge } from "@/components/status/run-status-badge";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton, TextLink } from "@/components/ui/link-button";
import { ErrorNote } from "@/components/ui/note";
import { Panel } from "@/components/ui/panel";
import { deliveriesList } from "@/lib/services/deliveries/list";
import { runsGet } from "@/lib/services/runs/get";
import { runsLog } from "@/lib/services/runs/log";
import { page } from "@/lib/web/page";

interface Props {
  job: { id: string; name: string } | null;
  runId: string | null;
  hasChannel: boolean;
}

/** The first run, live, and its first message. */
export async function RunStep({ job, runId, hasChannel }: Props) {
  if (!job || !runId) {
    return (
      <Panel title="The first run">
        {job ? (
          <EmptyState
            action={
              <RunNowButton
                jobId={job.id}
                jobName={job.name}
                run={runJob}
                variant="primary"
                goTo="/welcome?step=run&run="
              />
            }
          >
            {job.name} runs on its schedule. You can also run it now.
          </EmptyState>
        ) : (
          <EmptyState action={<LinkButton href="/welcome?step=job">Back to that step</LinkButton>}>
            There is no job yet.
          </EmptyState>
        )}
      </Panel>
    );
  }
  const [run, log, deliveries] = await Promise.all([
    page(runsGet, { id: runId }),
    page(runsLog, { id: runId }),
    page(deliveriesList, { runId }),
  ]);
  const isGoing = run.status === "queued" || run.status === "running";
  return (
    <>
      <LiveRefresh topics={["runs", "run-log"]} ids={[runId]} />
      <LiveRefresh topics={["deliveries"]} />
      <Panel title={run.name} padded={false} aside={<RunStatusBadge run={run} />}>
        <LogView text={log.text} label="Log of the first run" streaming={isGoing} />
      </Panel>
      {run.status === "failure" && <ErrorNote title="The run failed" detail={run.error} advice={run.advice} />}
      <Panel title="Notified" padded={false} aside={<TextLink href="/deliveries">Delivery log</TextLink>}>
        {deliveries.items.length > 0 ? (
          <RunDeliveries deliveries={deliveries.items} />
        ) : (
          <EmptyState>
            {isGoing
              ? "Once the run has ended, its notification appears here."
              : hasChannel
                ? "No notifications: the job's rule does not include this outcome."
                : "No notifications: there is no channel. Open alerts are shown in the inbox."}
          </EmptyState>
        )}
      </Panel>
      {!isGoing && (
        <Panel title={run.status === "failure" ? "Next steps" : "Setup complete"}>
          <p className="mb-3 text-muted text-sm">
            {run.status === "failure"
              ? "The alert is shown in the inbox until a run succeeds. Fix the cause, then run the job again."
              : "The backup was stored and read back, its checksum equal. From now on the job runs on its schedule."}
          </p>
          <div className="flex flex-wrap gap-2">
            <LinkButton href="/" variant="primary">
              Go to the Overview
            </LinkButton>
            <LinkButton href={`/jobs/${job.id}`}>Job settings</LinkButton>
            <LinkButton href={`/runs/${runId}`}>Run details</LinkButton>
          </div>
        </Panel>
      )}
    </>
  );
}
