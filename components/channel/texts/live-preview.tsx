"use client";

import { useEffect, useId, useState } from "react";
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

/** What a preview is made of, besides its outcome. */
export interface PreviewBase {
  channelId?: string;
  provider?: string;
  config?: Record<string, unknown>;
  texts?: TextSet | null;
  ruleTexts?: TextSet | null;
  job?: { name: string };
  includeLog?: boolean;
}

export interface Shown {
  preview: Preview;
  problems: { field: string; message: string; at: number; length: number }[];
}

export type ShowPreview = (input: PreviewBase & { outcome: ShownOutcome }) => Promise<ActionResult<Shown>>;

const PAUSE_MS = 350;
const OUTCOME_NAME: Record<ShownOutcome, string> = {
  success: "Success",
  warning: "Warning",
  failure: "Failure",
  info: "Start",
  recovered: "Recovered",
};

interface Props {
  base: PreviewBase;
  /** The words that are being typed: their outcome is shown. */
  tab: TextTab;
  show: ShowPreview;
}

/** How the service will show it, a moment after each change. What was shown last stays while a text cannot be used. */
export function LivePreview({ base, tab, show }: Props) {
  const [outcome, setOutcome] = useState<ShownOutcome>(tab === "every" ? "failure" : tab);
  const [last, setLast] = useState<{ outcome: ShownOutcome; preview: Preview } | null>(null);
  const [trouble, setProblem] = useState<string | null>(null);
  const [isWaiting, setWaiting] = useState(true);
  const timezone = useTimezone();
  const headingId = useId();
  useEffect(() => {
    if (tab !== "every") setOutcome(tab);
  }, [tab]);
  // One outcome must not stand below the name of another.
  const preview = last?.outcome === outcome ? last.preview : null;
  const asked = JSON.stringify(base);
  useEffect(() => {
    let isCurrent = true;
    setWaiting(true);
    const timer = setTimeout(() => {
      const settle = (answer: ActionResult<Shown> | null) => {
        if (!isCurrent) return;
        setWaiting(false);
        const [problem] = answer?.ok ? answer.value.problems : [];
        if (answer?.ok) {
          const next = { outcome, preview: answer.value.preview };
          setLast((before) => (problem && before?.outcome === outcome ? before : next));
        }
        setProblem(troubleOf(answer));
      };
      show({ ...(JSON.parse(asked) as PreviewBase), outcome }).then(settle, () => settle(null));
    }, PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [asked, outcome, show]);
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
          options={SHOWN_OUTCOMES.map((value) => ({ value, label: OUTCOME_NAME[value] }))}
        />
      </div>
      {preview ? (
        <MessagePreview preview={preview} timezone={timezone} />
      ) : trouble ? null : (
        <div className="flex flex-col gap-2 py-2">
          <Skeleton className="w-2/3" />
          <Skeleton />
          <Skeleton className="w-1/2" />
        </div>
      )}
      <p aria-live="polite" className="text-warning text-xs">
        {trouble}
      </p>
    </section>
  );
}

function troubleOf(answer: ActionResult<Shown> | null): string | null {
  if (!answer) return "Belfry did not answer, so this may be out of date. It is asked again with the next change.";
  if (!answer.ok) return answer.error.message;
  const [problem] = answer.value.problems;
  return problem ? `${problem.message} Until then this shows the last words that work.` : null;
}
