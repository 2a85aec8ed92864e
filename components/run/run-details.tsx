import { formatBytes, formatDuration, formatNumber, pluralize } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { Elapsed } from "@/components/ui/elapsed";
import { Facts } from "@/components/ui/facts";
import { TextLink } from "@/components/ui/link-button";
import { RelativeTime } from "@/components/ui/relative-time";
import { describeTrigger, RUN_KIND_NAME, runDurationMs } from "./run-labels";
import type { RunListItem } from "./run-table";

interface Props {
  run: RunListItem & {
    jobId: string | null;
    dueAt: string | null;
    files: number | null;
    attempts: number;
    notBefore: string | null;
    clientId: string | null;
    clientName?: string;
    archive: string | null;
  };
  now: number;
}

/** Properties of a run, from when it was due to what it produced. */
export function RunDetails({ run, now }: Props) {
  const took = runDurationMs(run, now);
  return (
    <Facts
      items={[
        { label: "Kind", value: `${RUN_KIND_NAME[run.kind]}, ${describeTrigger(run)}` },
        {
          label: "Job",
          value: run.jobId && (
            // A restore has the name of where it restored to.
            <TextLink href={`/jobs/${run.jobId}`}>
              {run.kind === "restore" ? "Source of the backup" : run.name}
            </TextLink>
          ),
        },
        {
          label: "Client",
          value: run.clientId && <TextLink href={`/clients/${run.clientId}`}>{run.clientName}</TextLink>,
        },
        { label: "Due", value: run.dueAt && <RelativeTime at={msOf(run.dueAt)} format="full" /> },
        { label: "Queued", value: <RelativeTime at={msOf(run.queuedAt)} format="full" /> },
        { label: "Started", value: run.startedAt && <RelativeTime at={msOf(run.startedAt)} format="full" /> },
        {
          label: "Next attempt",
          value: !run.finishedAt && run.notBefore && <RelativeTime at={msOf(run.notBefore)} />,
        },
        { label: "Finished", value: run.finishedAt && <RelativeTime at={msOf(run.finishedAt)} format="full" /> },
        {
          label: run.finishedAt ? "Duration" : "Running for",
          value:
            took === null ? null : run.startedAt && !run.finishedAt ? (
              <Elapsed since={Date.parse(run.startedAt)} now={now} />
            ) : (
              <span className="num">{formatDuration(took)}</span>
            ),
        },
        { label: "Size", value: run.bytes === null ? null : <span className="num">{formatBytes(run.bytes)}</span> },
        { label: "Files", value: run.files === null ? null : <span className="num">{formatNumber(run.files)}</span> },
        { label: "Archive", value: run.archive },
        { label: "Attempts", value: run.attempts > 1 ? pluralize(run.attempts, "attempt") : null },
      ]}
    />
  );
}
