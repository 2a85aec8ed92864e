import type { ReactNode } from "react";
import { formatList, pluralize } from "@/components/format";
import { Facts } from "@/components/ui/facts";
import { Columns } from "@/components/ui/page";
import { Panel } from "@/components/ui/panel";
import { CONDITION_NAME } from "./condition-labels";
import type { JobSettings } from "./job-draft";

interface Props {
  job: Omit<JobSettings, "notifications"> & {
    sourceName: string;
    destinationNames: string[];
    notifications: (JobSettings["notifications"][number] & { channelName: string })[];
  };
  aside: ReactNode;
}

/** A job's settings for those who may only read them. */
export function JobSummary({ job, aside }: Props) {
  return (
    <Columns side={aside}>
      <Panel title="Settings">
        <Facts
          items={[
            { label: "Source", value: job.sourceName },
            { label: "Destinations", value: formatList(job.destinationNames) },
            {
              label: "Schedule",
              value: job.schedule ? (
                <>
                  <span className="num">{job.schedule.cron}</span> {job.schedule.timezone}
                </>
              ) : (
                "by hand"
              ),
            },
            { label: "Keeps", value: pluralize(job.retention.keepLast, "backup") },
            { label: "Compression", value: job.compression },
            { label: "Time limit", value: job.timeLimitMinutes && `${job.timeLimitMinutes} min` },
            { label: "Retries", value: String(job.retries) },
          ]}
        />
      </Panel>
      <Panel title="RoutingPreview is told about this job">
        {job.notifications.length === 0 ? (
          <p className="text-muted text-sm">Nobody.</p>
        ) : (
          <Facts
            items={job.notifications.map((row) => ({ label: row.channelName, value: CONDITION_NAME[row.condition] }))}
          />
        )}
      </Panel>
    </Columns>
  );
}
