"use client";

import { useEffect, useState } from "react";
import { ShapeMark } from "@/components/ui/badge";
import { Note } from "@/components/ui/note";
import { Panel } from "@/components/ui/panel";
import { Select } from "@/components/ui/select";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { ActionResult } from "@/lib/core/action-error";
import { type ReasonCode, reasonSentence } from "@/lib/core/delivery-reason";
import { JOB_STATES, type JobState } from "@/lib/core/job";
import { STATE_NAME } from "./condition-labels";
import { type RuleDraft, routeInput } from "./job-draft";

interface Preview {
  entries: {
    when: "now" | "reminder" | "recovery";
    afterHours?: number;
    channelId: string;
    channelName: string;
    recipient?: string;
    /** Why, in a sentence. */
    text: string;
    outcome: "notified" | "held" | "suppressed";
    /** Why it is held or suppressed. */
    reasonCode?: ReasonCode;
  }[];
  notes: string[];
}

export type PreviewRouting = (input: {
  jobId?: string;
  notifications: ReturnType<typeof routeInput>[];
  state: JobState;
}) => Promise<ActionResult<Preview>>;

const PAUSE_MS = 350;
const SENTENCE: Record<JobState, string> = {
  start: "When this job starts:",
  success: "If this job succeeds:",
  warning: "If this job ends with a warning:",
  failure: "If this job fails:",
  missed: "If this job does not start in time:",
};

/** Exactly who is notified of each outcome, computed by the code that routes, for the rules on the form. */
export function RoutingPreviewPanel({
  jobId,
  rules,
  preview,
}: {
  jobId?: string;
  rules: readonly RuleDraft[];
  preview: PreviewRouting;
}) {
  const [state, setState] = useState<JobState>("failure");
  const [answer, setAnswer] = useState<ActionResult<Preview> | null>(null);
  const rulesJson = JSON.stringify(rules.map(routeInput));
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(() => {
      preview({ jobId, notifications: JSON.parse(rulesJson) as ReturnType<typeof routeInput>[], state }).then(
        (next) => isCurrent && setAnswer(next),
        () => isCurrent && setAnswer(null),
      );
    }, PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [rulesJson, state, jobId, preview]);
  return (
    <Panel
      title="Who gets notified?"
      aside={
        <Select
          aria-label="Outcome"
          size="sm"
          value={state}
          onChange={(event) => {
            // The list of one outcome must not be shown below the sentence of another.
            setAnswer(null);
            setState(event.target.value as JobState);
          }}
          options={JOB_STATES.map((value) => ({ value, label: STATE_NAME[value] }))}
        />
      }
    >
      <p className="mb-3 text-sm">{SENTENCE[state]}</p>
      <div aria-live="polite">
        {answer === null ? (
          <SkeletonRows rows={2} />
        ) : answer.ok ? (
          <Entries preview={answer.value} />
        ) : (
          <Note>{answer.error.message}</Note>
        )}
      </div>
    </Panel>
  );
}

const MARK_COLOR = {
  now: "text-success",
  reminder: "text-faint",
  recovery: "text-faint",
  unsent: "text-line-strong",
};

function Entries({ preview }: { preview: Preview }) {
  return (
    <div className="flex flex-col gap-3 text-sm">
      {preview.entries.length === 0 && <p className="text-muted">No notifications.</p>}
      <ul className="flex flex-col gap-3">
        {preview.entries.map((entry) => (
          <li
            key={`${entry.when}${entry.afterHours ?? ""}${entry.channelId}${entry.recipient ?? ""}`}
            className="grid grid-cols-[84px_12px_minmax(0,1fr)] items-baseline gap-x-2"
          >
            <span className="num text-faint text-xs">{timeLabel(entry)}</span>
            <span className={MARK_COLOR[entry.outcome === "notified" ? entry.when : "unsent"]}>
              <ShapeMark shape={entry.outcome === "notified" ? "dot" : "ring"} />
            </span>
            <span className="[overflow-wrap:anywhere]">
              <span className={entry.outcome === "suppressed" ? "line-through" : undefined}>
                {entry.channelName}
                {entry.recipient && `, ${entry.recipient}`}
              </span>
              <span className="block text-muted text-xs">
                {entry.reasonCode ? reasonSentence(entry.reasonCode) : entry.text}
              </span>
            </span>
          </li>
        ))}
      </ul>
      {preview.notes.map((note) => (
        <Note key={note}>{note}</Note>
      ))}
    </div>
  );
}

function timeLabel({ when, afterHours }: Preview["entries"][number]): string {
  if (when === "now") return "now";
  return when === "recovery" ? "recovery" : `+ ${afterHours ?? 0} h`;
}
