"use client";

import { useRouter } from "next/navigation";
import { useAction } from "@/components/action/use-action";
import { RunStatusBadge, type ShownRun } from "@/components/status/run-status-badge";
import { Button } from "@/components/ui/button";
import { TextLink } from "@/components/ui/link-button";
import { RelativeTime } from "@/components/ui/relative-time";
import { runConfigBackupAction } from "../actions";

export interface LastConfigRun {
  /** Times in milliseconds. */
  run: (ShownRun & { id: string; at: number; error: string | null }) | null;
  nextAt: number | null;
}

/** Result of the last scheduled backup, time of the next, and a button to run one now. */
export function LastConfigBackup({ last: { run, nextAt }, canRun }: { last: LastConfigRun; canRun: boolean }) {
  const router = useRouter();
  const { run: act, pending } = useAction();
  const runNow = () =>
    act(() => runConfigBackupAction({}), { leaves: true, onSuccess: ({ runId }) => router.push(`/runs/${runId}`) });
  if (!run && !canRun) return null;
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 text-sm">
      <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 text-muted">
        {run ? (
          <>
            <RunStatusBadge run={run} />
            <TextLink href={`/runs/${run.id}`}>
              <RelativeTime at={run.at} />
            </TextLink>
            {run.error && <span className="[overflow-wrap:anywhere]">{run.error}</span>}
          </>
        ) : (
          "No scheduled backup yet."
        )}
        {nextAt !== null && (
          <span>
            next <RelativeTime at={nextAt} />
          </span>
        )}
      </div>
      {canRun && (
        <Button size="sm" pending={pending} onClick={runNow}>
          Back up now
        </Button>
      )}
    </div>
  );
}
