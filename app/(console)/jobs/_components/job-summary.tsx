import type { ReactNode } from "react";
import { describeExpectation } from "@/components/cron/expectation";
import { formatList, pluralize } from "@/components/format";
import { Facts } from "@/components/ui/facts";
import { TextLink } from "@/components/ui/link-button";
import { Columns } from "@/components/ui/page";
import { Panel } from "@/components/ui/panel";
import type { JobView } from "@/lib/services/jobs/view";
import { CONDITION_NAME } from "./condition-labels";

/** A job's settings, read-only: for users who may not change them, and for external jobs. */
export function JobSummary({ job, aside }: { job: JobView; aside: ReactNode }) {
  return (
    <Columns side={aside}>
      <Panel title="Settings">
        <Facts items={settingItems(job)} />
      </Panel>
      <Panel title="Notification rules">
        {job.profileId && (
          <p className="mb-2 text-sm">
            Follows the profile <TextLink href={`/routing/profiles/${job.profileId}`}>{job.profileName}</TextLink>.
          </p>
        )}
        {job.notifications.length === 0 ? (
          <p className="text-muted text-sm">{job.profileId ? "No rules of its own." : "No notifications."}</p>
        ) : (
          <Facts
            items={job.notifications.map((rule) => ({
              label: rule.channelName,
              value: CONDITION_NAME[rule.condition],
            }))}
          />
        )}
      </Panel>
    </Columns>
  );
}

function settingItems(job: JobView): { label: string; value: ReactNode }[] {
  const { schedule } = job;
  const scheduleValue = schedule && describeExpectation(schedule);
  if (job.kind === "external") {
    return [
      { label: "Kind", value: "External: another program runs it and reports" },
      { label: "Expected", value: scheduleValue ?? "at no certain time" },
      { label: "Grace", value: `${job.graceMinutes} min` },
      { label: "Time limit", value: job.timeLimitMinutes && `${job.timeLimitMinutes} min` },
      { label: "Overdue after", value: job.overdueHours === null ? "never" : pluralize(job.overdueHours, "hour") },
    ];
  }
  const ofRuns = [
    { label: "Time limit", value: job.timeLimitMinutes && `${job.timeLimitMinutes} min` },
    { label: "Retries", value: String(job.retries) },
    { label: "Overdue after", value: job.overdueHours === null ? "never" : pluralize(job.overdueHours, "hour") },
  ];
  if (job.kind === "client") {
    return [
      { label: "Client", value: <TextLink href={`/clients/${job.clientId}`}>{job.clientName}</TextLink> },
      { label: "Job of the client", value: <span className="num">{job.clientJob}</span> },
      { label: "Schedule", value: scheduleValue ?? "Manual" },
      ...ofRuns,
    ];
  }
  return [
    { label: "Source", value: job.sourceName },
    ...(job.storesItself ? [] : [{ label: "Destinations", value: formatList(job.destinationNames) }]),
    { label: "Schedule", value: scheduleValue ?? "Manual" },
    ...(job.storesItself
      ? []
      : [
          { label: "Keeps", value: pluralize(job.retention.keepLast, "backup") },
          { label: "Compression", value: job.compression },
        ]),
    ...ofRuns,
  ];
}
