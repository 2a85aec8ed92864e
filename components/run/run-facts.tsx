import { formatBytes, formatDuration, numberText, pluralize } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { Facts } from "@/components/ui/facts";
import { TextLink } from "@/components/ui/link-button";
import { RelativeTime } from "@/components/ui/relative-time";
import { RUN_KIND_NAME, tookMs, triggerText } from "./run-labels";
import type { RunLine } from "./run-table";

interface Props {
  run: RunLine & {
    jobId: string | null;
    dueAt: string | null;
    files: number | null;
    attempts: number;
    notBefore: string | null;
  };
  now: number;
}

/** What is known of a run, from when it was due to what it made. */
export function RunFacts({ run, now }: Props) {
  const took = tookMs(run, now);
  return (
    <Facts
      items={[
        { label: "Kind", value: `${RUN_KIND_NAME[run.kind]}, ${triggerText(run)}` },
        {
          label: "Job",
          value: run.jobId && (
            <TextLink href={`/jobs/${run.jobId}`}>
              {run.kind === "backup" ? run.name : "Where the backup came from"}
            </TextLink>
          ),
        },
        { label: "Due", value: run.dueAt && <RelativeTime at={msOf(run.dueAt)} format="full" /> },
        { label: "Asked for", value: <RelativeTime at={msOf(run.queuedAt)} format="full" /> },
        { label: "Began", value: run.startedAt && <RelativeTime at={msOf(run.startedAt)} format="full" /> },
        {
          label: "Next try",
          value: !run.finishedAt && run.notBefore && <RelativeTime at={msOf(run.notBefore)} />,
        },
        { label: "Ended", value: run.finishedAt && <RelativeTime at={msOf(run.finishedAt)} format="full" /> },
        {
          label: run.finishedAt ? "Took" : "Going for",
          value: took === null ? null : <span className="num">{formatDuration(took)}</span>,
        },
        { label: "Size", value: run.bytes === null ? null : <span className="num">{formatBytes(run.bytes)}</span> },
        { label: "Files", value: run.files === null ? null : <span className="num">{numberText(run.files)}</span> },
        { label: "Attempts", value: run.attempts > 1 ? pluralize(run.attempts, "attempt") : null },
      ]}
    />
  );
}
