import type { Severity } from "./severity";

/*
 * Conditions on what happened, shared by silences and routes. A value is compared as it stands, or with `*` and `?` as
 * wildcards; upper and lower case are the same.
 */

/**
 * `job`, `client`, `channel`: id or name. `event`: the type. `severity`: `info`, `warning`, `critical`. `label`:
 * `key:value`. `name`: of the subject. `time`: days and hours with a zone, as in `Mon-Fri 08:00-18:00 Europe/Berlin`.
 */
export const CONDITION_FIELDS = ["job", "client", "event", "channel", "severity", "label", "name", "time"] as const;
export type ConditionField = (typeof CONDITION_FIELDS)[number];

/** `is`: the same. `matches`: with wildcards; of `severity`: at least as bad. */
export const CONDITION_OPS = ["is", "matches"] as const;
export type ConditionOp = (typeof CONDITION_OPS)[number];

/** Whether all conditions have to take it, or one. */
export const MATCH_MODES = ["all", "any"] as const;
export type MatchMode = (typeof MATCH_MODES)[number];

export interface MatchCondition {
  field: ConditionField;
  op: ConditionOp;
  value: string;
  /** Takes what the condition does not. */
  not?: boolean;
}

/** No condition: everything matches. */
export interface Matcher {
  match: MatchMode;
  conditions: readonly MatchCondition[];
}

interface Named {
  id: string;
  name: string;
}

/** What conditions are compared with. */
export interface MatchFacts {
  type: string;
  severity: Severity;
  subject: Named;
  job: (Named & { slug: string }) | null;
  client: Named | null;
  /** Null for what is asked before a channel is known. */
  channel: Named | null;
  /** `key:value`, of its job, its client, and the channel that it is about. */
  labels: readonly string[];
  /** Milliseconds. */
  now: number;
}

/** Hours of the week in a zone. */
export interface WeekTime {
  days: number[];
  from: string;
  to: string;
  /** IANA name; null: the text names none. */
  timezone: string | null;
}

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const WEEK_TIME = /^(?:([a-z,-]+)\s+)?(\d{1,2}:\d{2})-(\d{1,2}:\d{2})(?:\s+([A-Za-z0-9_+/-]+))?$/i;

/** Reads `Mon-Fri 08:00-18:00 Europe/Berlin`; days and zone may be left out. @returns null when it is no such text */
export function parseWeekTime(text: string): WeekTime | null {
  const [, days, from, to, timezone] = WEEK_TIME.exec(text.trim()) ?? [];
  if (!from || !to || !isTime(from) || !isTime(to)) return null;
  const list = days ? daysOf(days) : [1, 2, 3, 4, 5, 6, 7];
  if (!list || (timezone && !isTimezone(timezone))) return null;
  return { days: list, from, to, timezone: timezone ?? null };
}

function isTime(text: string): boolean {
  const [hours = 99, minutes = 99] = text.split(":").map(Number);
  return hours <= 24 && minutes <= 59 && hours * 60 + minutes <= 1_440;
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** `mon-fri,sun` as numbers, 1 (Monday) to 7; null for what is no day. */
function daysOf(text: string): number[] | null {
  const days = new Set<number>();
  for (const part of text.toLowerCase().split(",")) {
    const [first, last, ...more] = part.split("-").map((day) => DAYS.indexOf(day.slice(0, 3)));
    if (first === undefined || first < 0 || (last ?? 0) < 0 || more.length > 0) return null;
    for (let day = first; ; day = (day + 1) % 7) {
      days.add(day + 1);
      if (day === (last ?? first)) break;
    }
  }
  return [...days].sort();
}
