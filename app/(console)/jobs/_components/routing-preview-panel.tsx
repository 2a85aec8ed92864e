"use client";

import { useEffect, useState } from "react";
import { answerOf } from "@/components/action/answer-of";
import { ShapeMark } from "@/components/ui/badge";
import { ErrorNote, Note } from "@/components/ui/note";
import { Panel } from "@/components/ui/panel";
import { Select } from "@/components/ui/select";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { ActionResult } from "@/lib/core/action-error";
import { type ReasonCode, reasonSentence } from "@/lib/core/delivery-reason";
import { JOB_STATES, type JobState } from "@/lib/core/job";
import type { Labels } from "@/lib/core/label";
import { STATE_NAME } from "./condition-labels";
import { type RuleDraft, routeInput } from "./rule-draft";

interface Preview {
  entries: {
    when: "now" | "later" | "reminder" | "escalation" | "recovery";
    afterHours?: number;
    afterMinutes?: number;
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
  /** A problem that nobody would be notified of. */
  reachesNobody: boolean;
}

export type PreviewRouting = (input: {
  jobId?: string;
  profileId: string | null;
  notifications: ReturnType<typeof routeInput>[];
  labels?: Labels;
  state: JobState;
}) => Promise<ActionResult<Preview>>;

const PAUSE_MS = 350;
const SENTENCE: Record<JobState, (job: string) => string> = {
  start: (job) => `When ${job} starts:`,
  success: (job) => `If ${job} succeeds:`,
  warning: (job) => `If ${job} ends with a warning:`,
  failure: (job) => `If ${job} fails:`,
  missed: (job) => `If ${job} does not start in time:`,
};

/** Exactly who is notified of each outcome, computed by the code that routes, for the rules on the form. */
export function RoutingPreviewPanel({
  jobId,
  rules,
  labels,
  profileId,
  preview,
}: {
  jobId?: string;
  rules: readonly RuleDraft[];
  /** Of the job, as on the form; none for a profile itself. */
  labels?: Labels;
  /** The profile that the job follows; null for none, and for a profile itself. */
  profileId: string | null;
  preview: PreviewRouting;
}) {
  const [state, setState] = useState<JobState>("failure");
  const [answer, setAnswer] = useState<ActionResult<Preview> | null>(null);
  const formJson = JSON.stringify({ notifications: rules.map(routeInput), labels });
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(() => {
      const form = JSON.parse(formJson) as Pick<Parameters<PreviewRouting>[0], "notifications" | "labels">;
      void answerOf(() => preview({ jobId, ...form, profileId, state })).then((next) => isCurrent && setAnswer(next));
    }, PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [formJson, profileId, state, jobId, preview]);
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
      <p className="mb-3 text-sm">{SENTENCE[state](labels ? "this job" : "a job of this profile")}</p>
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
  later: "text-faint",
  reminder: "text-faint",
  escalation: "text-faint",
  recovery: "text-faint",
  unsent: "text-line-strong",
};

function Entries({ preview }: { preview: Preview }) {
  return (
    <div className="flex flex-col gap-3 text-sm">
      {preview.reachesNobody && (
        <ErrorNote title="Nobody would be notified">
          No rule, profile or subscription sends this problem anywhere. It is shown in the inbox only.
        </ErrorNote>
      )}
      {preview.entries.length === 0 && !preview.reachesNobody && <p className="text-muted">No notifications.</p>}
      <ul className="flex flex-col gap-3">
        {preview.entries.map((entry) => (
          <li
            key={`${entry.when}${entry.afterHours ?? ""}${entry.afterMinutes ?? ""}${entry.channelId}${entry.recipient ?? ""}`}
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

function timeLabel({ when, afterHours, afterMinutes }: Preview["entries"][number]): string {
  if (when === "now" || when === "later") return when;
  if (when === "escalation") return `+ ${afterMinutes ?? 0} min`;
  return when === "recovery" ? "recovery" : `+ ${afterHours ?? 0} h`;
}
