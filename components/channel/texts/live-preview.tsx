"use client";

import { useEffect, useId, useState } from "react";
import { answerOf } from "@/components/action/answer-of";
import { MessagePreview } from "@/components/channel/message-preview";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { useTimezone } from "@/components/ui/timezone";
import type { ActionResult } from "@/lib/core/action-error";
import type { TextSet } from "@/lib/core/delivery";
import type { Preview } from "@/lib/core/preview";
import type { TextTab } from "./text-draft";

export const SHOWN_OUTCOMES = ["success", "warning", "failure", "info", "recovered"] as const;
export type ShownOutcome = (typeof SHOWN_OUTCOMES)[number];

/** Input of a preview, besides its outcome. */
export interface PreviewBase {
  channelId?: string;
  provider?: string;
  config?: Record<string, unknown>;
  texts?: TextSet | null;
  ruleTexts?: TextSet | null;
  job?: { name: string };
  includeLog?: boolean;
}

export interface PreviewResult {
  preview: Preview;
  problems: { field: string; message: string; at: number; length: number }[];
}

export type ShowPreview = (input: PreviewBase & { outcome: ShownOutcome }) => Promise<ActionResult<PreviewResult>>;

const PAUSE_MS = 350;
const OUTCOME_LABEL: Record<ShownOutcome, string> = {
  success: "Success",
  warning: "Warning",
  failure: "Failure",
  info: "Start",
  recovered: "Recovered",
};

interface Props {
  base: PreviewBase;
  /** The tab being edited: its outcome is shown. */
  tab: TextTab;
  show: ShowPreview;
}

/** How the service will show the message, shortly after each change. The last preview stays while a text is invalid. */
export function LivePreview({ base, tab, show }: Props) {
  const [outcome, setOutcome] = useState<ShownOutcome>(tab === "every" ? "failure" : tab);
  const [last, setLast] = useState<{ outcome: ShownOutcome; preview: Preview } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isWaiting, setWaiting] = useState(true);
  const timezone = useTimezone();
  const headingId = useId();
  useEffect(() => {
    if (tab !== "every") setOutcome(tab);
  }, [tab]);
  // Never show the preview of one outcome under the name of another.
  const preview = last?.outcome === outcome ? last.preview : null;
  const request = JSON.stringify(base);
  useEffect(() => {
    let isCurrent = true;
    setWaiting(true);
    const timer = setTimeout(() => {
      const settle = (answer: ActionResult<PreviewResult>) => {
        if (!isCurrent) return;
        setWaiting(false);
        const isInvalid = answer.ok && answer.value.problems.length > 0;
        if (answer.ok) {
          const next = { outcome, preview: answer.value.preview };
          setLast((before) => (isInvalid && before?.outcome === outcome ? before : next));
        }
        setProblem(describeProblem(answer));
      };
      void answerOf(() => show({ ...(JSON.parse(request) as PreviewBase), outcome })).then(settle);
    }, PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [request, outcome, show]);
  return (
    <section aria-labelledby={headingId} className="flex min-w-0 flex-col gap-2" data-waiting={isWaiting || undefined}>
      <div className="flex items-center justify-between gap-3">
        <h3 id={headingId} className="font-medium text-sm">
          Preview
        </h3>
        <Select
          aria-label="Outcome of the preview"
          size="sm"
          className="max-w-32"
          value={outcome}
          onChange={(event) => setOutcome(SHOWN_OUTCOMES.find((one) => one === event.target.value) ?? "failure")}
          options={SHOWN_OUTCOMES.map((value) => ({ value, label: OUTCOME_LABEL[value] }))}
        />
      </div>
      {preview ? (
        <MessagePreview preview={preview} timezone={timezone} />
      ) : problem ? null : (
        <div className="flex flex-col gap-2 py-2">
          <Skeleton className="w-2/3" />
          <Skeleton />
          <Skeleton className="w-1/2" />
        </div>
      )}
      <p aria-live="polite" className="text-warning text-xs">
        {problem}
      </p>
    </section>
  );
}

function describeProblem(answer: ActionResult<PreviewResult>): string | null {
  if (!answer.ok && answer.error.code === "unavailable")
    return "Belfry did not answer, so the preview may be out of date. The next change retries.";
  if (!answer.ok) return answer.error.message;
  const [problem] = answer.value.problems;
  return problem ? `${problem.message} The preview shows the last valid text.` : null;
}
