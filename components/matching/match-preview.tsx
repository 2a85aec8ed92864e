"use client";

import { useEffect, useState } from "react";
import { answerOf } from "@/components/action/answer-of";
import { formatList, pluralize } from "@/components/format";
import type { ActionResult } from "@/lib/core/action-error";
import type { MatchCondition, MatchMode } from "@/lib/core/matching";

interface Answer {
  matched: number;
  lookedAt: number;
  examples: readonly { name: string; subjectName: string }[];
}

interface Props {
  match: MatchMode;
  /** As they are written: what has no value yet is left out. */
  conditions: readonly MatchCondition[];
  preview: (input: { match: MatchMode; conditions: MatchCondition[] }) => Promise<ActionResult<Answer>>;
}

/** Someone who types is asked nothing meanwhile. */
const PAUSE_MS = 400;

/** How much the conditions would have taken in the last seven days, while they are being written. */
export function MatchPreview({ match, conditions, preview }: Props) {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const whole = conditions.filter(({ value }) => value.trim() !== "");
  // Of nothing but unfinished conditions, "everything would have matched" would be false.
  const isUnfinished = conditions.length > 0 && whole.length === 0;
  const key = JSON.stringify({ match, conditions: whole });
  useEffect(() => {
    setAnswer(null);
    if (isUnfinished) return;
    let isOld = false;
    const timer = setTimeout(async () => {
      const result = await answerOf(() => preview(JSON.parse(key)));
      if (!isOld) setAnswer(result.ok ? result.value : null);
    }, PAUSE_MS);
    return () => {
      isOld = true;
      clearTimeout(timer);
    };
  }, [key, isUnfinished, preview]);
  return (
    <p aria-live="polite" className="min-h-5 text-muted text-sm">
      {answer && sentenceOf(answer)}
    </p>
  );
}

function sentenceOf({ matched, lookedAt, examples }: Answer): string {
  if (lookedAt === 0) return "Nothing has happened in the last seven days to compare with.";
  if (matched === 0) return `None of the ${pluralize(lookedAt, "event")} of the last seven days would have matched.`;
  const names = [...new Set(examples.map(({ name, subjectName }) => `${name}: ${subjectName}`))].slice(0, 3);
  return `Of the ${pluralize(lookedAt, "event")} of the last seven days, ${matched} would have matched, such as ${formatList(names)}.`;
}
