import type { Metadata } from "next";
import { cache } from "react";
import { parseFilter, readSearch, type SearchParams } from "@/app/(console)/_components/search-params";
import { currentUser } from "@/app/(console)/current-user";
import { suggestLabels } from "@/app/(console)/label-actions";
import { describeExpectation } from "@/components/cron/expectation";
import { formatList, pluralize } from "@/components/format";
import { RunNowButton } from "@/components/job/run-now-button";
import { LabelChips } from "@/components/label/label-chips";
import { LiveRefresh } from "@/components/live/live-refresh";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { SilenceMenu } from "@/components/silence/silence-menu";
import { JOB_HEALTH_STYLE, JobHealthBadge } from "@/components/status/job-health-badge";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { artifactsList } from "@/lib/services/artifacts/list";
import { jobsGet } from "@/lib/services/jobs/get";
import type { JobView } from "@/lib/services/jobs/view";
import { runsList } from "@/lib/services/runs/list";
import { page } from "@/lib/web/page";
import { silenceMenuActions } from "../../silences/menu-actions";
import { EnabledSwitch } from "../_components/enabled-switch";
import { JobAside } from "../_components/job-aside";
import { jobChoices } from "../_components/job-choices";
import { clientDraftOf, draftOf, externalDraftOf, JOB_TABS, type JobDraft } from "../_components/job-draft";
import { JobForm } from "../_components/job-form";
import { JobMenu } from "../_components/job-menu";
import { JobStatePanel } from "../_components/job-state-panel";
import { JobSummary } from "../_components/job-summary";
import { Reporting } from "../_components/reporting";
import type { TrendBackup } from "../_components/trend-of";
import {
  checkJobIntegrity,
  createJobAction,
  deleteJobAction,
  previewJobRoutingAction,
  previewMessage,
  previewWebhookAction,
  runJob,
  updateJobAction,
} from "../actions";

const readJob = cache((id: string) => page(jobsGet, { id }));

export async function generateMetadata({ params }: { params: Promise<{ id: string }> }): Promise<Metadata> {
  const { name, health } = await readJob((await params).id);
  return { title: `${name}, ${JOB_HEALTH_STYLE[health].label.toLowerCase()}` };
}

interface Props {
  params: Promise<{ id: string }>;
  searchParams: SearchParams;
}

export default async function JobPage({ params, searchParams }: Props) {
  const { id } = await params;
  const { isOperator, mayEdit, timezone } = await currentUser();
  const [job, runs, artifacts, query] = await Promise.all([
    readJob(id),
    page(runsList, { jobId: id, limit: 8 }),
    page(artifactsList, { jobId: id, limit: 50 }),
    readSearch(searchParams),
  ]);
  const backups = `${pluralize(artifacts.items.length, "backup")}${artifacts.nextCursor ? " or more" : ""}`;
  const isStartable = job.kind !== "external";
  const isNewExternal = job.kind === "external" && job.lastRun === null;
  const stored = job.kind === "managed" && job.storesItself ? await reportedBackups(id) : artifacts.items;
  const aside = <JobAside job={job} runs={runs.items} backups={stored} timezone={timezone} />;
  return (
    <Page>
      <LiveRefresh topics={["runs", "alerts"]} />
      <LiveRefresh topics={["jobs", "signals"]} ids={[id]} />
      <LiveRefresh topics={["routing"]} />
      <Crumbs items={[{ label: "Jobs", href: "/jobs" }, { label: job.name }]} />
      <PageHeader
        title={job.name}
        badge={<JobHealthBadge health={job.health} />}
        sub={describeJob(job)}
        actions={
          isOperator && (
            <>
              {mayEdit && job.kind === "managed" && job.repositoryId === null && artifacts.items.length > 0 && (
                <RunNowButton jobId={id} jobName={job.name} run={checkJobIntegrity} label="Check backups" />
              )}
              {mayEdit && <EnabledSwitch job={job} update={updateJobAction} />}
              {isStartable && <RunNowButton jobId={id} jobName={job.name} run={runJob} variant="primary" />}
              {mayEdit && (
                <>
                  <SilenceMenu
                    name={job.name}
                    conditions={[{ field: "job", op: "is", value: job.name }]}
                    actions={silenceMenuActions}
                  />
                  <JobMenu
                    job={{ id, name: job.name, rules: job.notifications.length }}
                    backups={backups}
                    remove={deleteJobAction}
                  />
                </>
              )}
            </>
          )
        }
      />
      <LabelChips labels={job.labels} list="/jobs" most={50} />
      <JobStatePanel job={job} timezone={timezone} />
      {mayEdit ? (
        <JobForm
          key={id}
          jobId={id}
          start={startOf(job, timezone)}
          tab={parseFilter(JOB_TABS, query.tab) ?? (isNewExternal ? "reporting" : "general")}
          reporting={job.kind === "external" && <Reporting job={job} timezone={timezone} />}
          {...(await jobChoices())}
          aside={aside}
          suggestLabels={suggestLabels}
          create={createJobAction}
          update={updateJobAction}
          run={runJob}
          previewRouting={previewJobRoutingAction}
          previewWebhook={previewWebhookAction}
          show={previewMessage}
        />
      ) : (
        <JobSummary job={job} aside={aside} />
      )}
    </Page>
  );
}

/** The trend of a job whose backups are known from its runs alone. */
async function reportedBackups(jobId: string): Promise<TrendBackup[]> {
  const { items } = await page(runsList, { jobId, kind: "backup", limit: 50 });
  return items.flatMap(({ id: runId, bytes, files, finishedAt, status }) =>
    bytes === null || finishedAt === null || (status !== "success" && status !== "warning")
      ? []
      : [
          {
            runId,
            bytes,
            rawBytes: bytes,
            contents: { files },
            suspicion: null,
            acceptedAt: null,
            createdAt: finishedAt,
          },
        ],
  );
}

function startOf(job: JobView, timezone: string): JobDraft {
  if (job.kind === "client") return clientDraftOf(job, timezone);
  return job.kind === "external" ? externalDraftOf(job, timezone) : draftOf(job, timezone);
}

/** What it backs up, where to and when, in one line. */
function describeJob(job: JobView): string {
  const when = job.schedule && describeExpectation(job.schedule);
  if (job.kind === "external") return `External job. ${when ? `Expected: ${when}` : "No schedule"}`;
  if (job.kind === "client") return `${job.clientJob} on ${job.clientName}. ${when ?? "Manual"}`;
  if (job.storesItself) return `${job.sourceName}. ${when ?? "Manual"}`;
  return `${job.sourceName} to ${formatList(job.destinationNames)}. ${when ?? "Manual"}`;
}
