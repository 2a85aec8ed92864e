import type { DraftCondition } from "@/components/matching/condition-editor";
import { parseWallTime } from "@/components/zoned-time";
import type { MatchCondition, MatchMode } from "@/lib/core/matching";
import type { SilenceEffect } from "@/lib/core/silence";

export type WhenMode = "once" | "recurring";

/** A silence as it stands on the form. */
export interface SilenceDraft {
  match: MatchMode;
  conditions: DraftCondition[];
  mode: WhenMode;
  /** `2026-11-27T08:00` by the reader's clock; empty: from now on. */
  startsAt: string;
  /** Empty: until somebody ends it. */
  endsAt: string;
  cron: string;
  cronTimezone: string;
  minutes: string;
  effect: SilenceEffect;
  reason: string;
}

/** A new silence. @param timezone of the reader */
export function newSilenceDraft(conditions: readonly MatchCondition[], timezone: string): SilenceDraft {
  return {
    // Several jobs are each meant; an event and a name are meant together.
    match: conditions.length > 1 && new Set(conditions.map(({ field }) => field)).size === 1 ? "any" : "all",
    conditions: conditions.map((condition, key) => ({ ...condition, key })),
    mode: "once",
    startsAt: "",
    endsAt: "",
    cron: "0 2 * * 6",
    cronTimezone: timezone,
    minutes: "120",
    effect: "hold",
    reason: "",
  };
}

/** What is sent of it. A time that is no time goes as it stands, so that the server names its field. */
export function inputOf(draft: SilenceDraft, timezone: string) {
  const isOnce = draft.mode === "once";
  return {
    match: draft.match,
    conditions: draft.conditions.map(({ key: _, ...condition }) => condition),
    ...(isOnce && draft.startsAt ? { startsAt: isoOf(draft.startsAt, timezone) } : {}),
    endsAt: isOnce && draft.endsAt ? isoOf(draft.endsAt, timezone) : null,
    recurring: isOnce ? null : { cron: draft.cron, timezone: draft.cronTimezone, minutes: Number(draft.minutes) },
    effect: draft.effect,
    reason: draft.reason,
  };
}

function isoOf(wall: string, timezone: string): string {
  const at = parseWallTime(wall, timezone);
  return at === null ? wall : new Date(at).toISOString();
}
