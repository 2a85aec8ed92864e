"use client";

import { useEffect, useState } from "react";
import { ShapeMark } from "@/components/ui/badge";
import { Note } from "@/components/ui/note";
import { Panel } from "@/components/ui/panel";
import { Select } from "@/components/ui/select";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { ActionResult } from "@/lib/core/action-error";
import { JOB_STATES, type JobState } from "@/lib/core/job";
import { STATE_NAME } from "./condition-labels";
import { type RuleDraft, routeInput } from "./job-draft";

export interface Told {
  entries: {
    when: "now" | "reminder" | "recovery";
    afterHours?: number;
    channelId: string;
    channelName: string;
    recipient?: string;
    /** Why, in words. */
    text: string;
    /** Why it will not be, although it should. */
    silenced?: string;
  }[];
  notes: string[];
}

export type RoutingPreview = (input: {
  jobId?: string;
  notifications: ReturnType<typeof routeInput>[];
  state: JobState;
}) => Promise<ActionResult<Told>>;

const PAUSE_MS = 350;
const SENTENCE: Record<JobState, string> = {
  start: "When this job begins:",
  success: "If this job succeeds:",
  warning: "If this job ends with a warning:",
  failure: "If this job fails:",
  missed: "If this job does not begin in time:",
};

/** Exactly who is told of each outcome, by the code that routes, for the rows as they stand on screen now. */
export function RoutingPreviewPanel({
  jobId,
  rows,
  who,
}: {
  jobId?: string;
  rows: readonly RuleDraft[];
  who: RoutingPreview;
}) {
  const [state, setState] = useState<JobState>("failure");
  const [answer, setAnswer] = useState<ActionResult<Told> | null>(null);
  const asked = JSON.stringify(rows.map(routeInput));
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(() => {
      who({ jobId, notifications: JSON.parse(asked) as ReturnType<typeof routeInput>[], state }).then(
        (next) => isCurrent && setAnswer(next),
        () => isCurrent && setAnswer(null),
      );
    }, PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [asked, state, jobId, who]);
  return (
    <Panel
      title="RoutingPreview will be told?"
      aside={
        <Select
          aria-label="Outcome"
          size="sm"
          value={state}
          onChange={(event) => {
            // The list of one outcome must not stand below the words of another.
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
          <Entries told={answer.value} />
        ) : (
          <Note>{answer.error.message}</Note>
        )}
      </div>
    </Panel>
  );
}

function Entries({ told }: { told: Told }) {
  return (
    <div className="flex flex-col gap-3 text-sm">
      {told.entries.length === 0 && <p className="text-muted">Nobody.</p>}
      <ul className="flex flex-col gap-3">
        {told.entries.map((entry) => (
          <li
            key={`${entry.when}${entry.afterHours ?? ""}${entry.channelId}${entry.recipient ?? ""}`}
            className="grid grid-cols-[84px_12px_minmax(0,1fr)] items-baseline gap-x-2"
          >
            <span className="num text-faint text-xs">{localTimeText(entry)}</span>
            <span
              className={entry.silenced ? "text-line-strong" : entry.when === "now" ? "text-success" : "text-faint"}
            >
              <ShapeMark shape={entry.silenced ? "ring" : "dot"} />
            </span>
            <span className="[overflow-wrap:anywhere]">
              <span className={entry.silenced ? "line-through" : undefined}>
                {entry.channelName}
                {entry.recipient && `, ${entry.recipient}`}
              </span>
              <span className="block text-muted text-xs">{entry.silenced ?? entry.text}</span>
            </span>
          </li>
        ))}
      </ul>
      {told.notes.map((note) => (
        <Note key={note}>{note}</Note>
      ))}
    </div>
  );
}

function localTimeText({ when, afterHours }: Told["entries"][number]): string {
  if (when === "now") return "at once";
  return when === "recovery" ? "recovery" : `+ ${afterHours ?? 0} h`;
}
