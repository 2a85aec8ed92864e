import { z } from "zod";
import type { SilenceRow } from "@/db/stores/silences";
import { toIso } from "@/lib/core/clock";
import { nextSilence, SILENCE_EFFECTS, silenceEnd, UNTIL_ENDED } from "@/lib/core/silence";
import { matcherView } from "@/lib/services/matching/fields";

export const SILENCE_STATES = ["on", "scheduled", "ended"] as const;

/** A silence in answers. */
export const silenceViewSchema = z.object({
  id: z.string(),
  reason: z.string(),
  ...matcherView,
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime().nullable(),
  recurring: z.object({ cron: z.string(), timezone: z.string(), minutes: z.int() }).nullable(),
  effect: z.enum(SILENCE_EFFECTS),
  state: z.enum(SILENCE_STATES),
  /** While it is on: until when; null until somebody ends it. */
  onUntil: z.iso.datetime().nullable(),
  /** While it is not: when it is on next. */
  nextAt: z.iso.datetime().nullable(),
  /** How many notifications it holds. */
  held: z.int(),
  createdByName: z.string(),
  createdAt: z.iso.datetime(),
});
export type SilenceView = z.infer<typeof silenceViewSchema>;

/** @param held how many notifications it holds */
export function silenceView(row: SilenceRow, held: number, now: number): SilenceView {
  const end = silenceEnd(row, now);
  const next = nextSilence(row, now);
  return {
    id: row.id,
    reason: row.reason,
    match: row.match,
    conditions: row.conditions,
    startsAt: toIso(row.startsAt),
    endsAt: toIso(row.endsAt),
    recurring: row.recurring,
    effect: row.effect,
    state: end !== null ? "on" : next !== null ? "scheduled" : "ended",
    onUntil: end === null || end === UNTIL_ENDED ? null : toIso(end),
    nextAt: toIso(next),
    held,
    createdByName: row.createdByName,
    createdAt: toIso(row.createdAt),
  };
}
