import {
  enabledJobs,
  endedRuns,
  failedRuns,
  jobsThatRan,
  missedSlotsSince,
  openAlertsOf,
  pausedThings,
  runningSilences,
  storedBytes,
  unfinishedRuns,
} from "@/db/queries/report";

import { eventVisibility, hiddenEventTypes } from "@/lib/auth/access/visibility/events";
import { reportSpans } from "@/lib/core/cron/report-times";
import type { ReportPeriod } from "@/lib/core/report";
import { includesRole, type Role } from "@/lib/core/role";
import { eventType, isEventType } from "@/lib/events/catalog";
import type { ReportData } from "@/lib/events/report-data";
import { activeSilences } from "./active-silences";
import { missedSlots } from "./missed-slots";

/** As many of each list a report names. */
const NAMED = 20;
/** As many jobs that grew. */
const GROWN = 5;

/** What a report is to be about, and for whom. */
export interface ReportQuestion {
  period: ReportPeriod;
  /** IANA zone whose days count. */
  timezone: string;
  /** It says no more than somebody of this role sees on screen. */
  role: Role;
  /** The day that it is due on: the report is about the days before. Milliseconds. */
  dueAt: number;
  /** What is open or paused is that of now, milliseconds. */
  now: number;
}

/** Reads what a report says. A dozen queries, however many jobs there are. */
export async function gatherReport({ period, timezone, role, dueAt, now }: ReportQuestion): Promise<ReportData> {
  const { span, before } = reportSpans(period, dueAt, timezone);
  const [ended, failures, unfinished, ran, reported, jobs, stored, earlier, open, quiet] = await Promise.all([
    endedRuns(span),
    failedRuns(span),
    unfinishedRuns(span),
    jobsThatRan(span),
    missedSlotsSince(span.from),
    enabledJobs(),
    storedBytes(span),
    storedBytes(before),
    openAlerts(role),
    quietThings(now),
  ]);
  const misses = missedSlots({ span, now, jobs, reported, ran });
  return {
    period,
    from: span.from,
    to: span.to,
    timezone,
    role,
    jobs: jobs.length,
    succeeded: ended.get("success") ?? 0,
    warned: ended.get("warning") ?? 0,
    failed: ended.get("failure") ?? 0,
    canceled: ended.get("canceled") ?? 0,
    missed: misses.reduce((sum, { slots }) => sum + slots, 0),
    unfinished,
    failures: listOf(failures.map((one) => failureOf(one, role))),
    misses: listOf(misses),
    open,
    quiet: listOf(quiet),
    growth: growthOf(stored, earlier),
  };
}

function listOf<T>(items: readonly T[]): { count: number; items: T[] } {
  return { count: items.length, items: items.slice(0, NAMED) };
}

type Failure = ReportData["failures"]["items"][number];

/** A restore is named by where it goes, and errors are a tool's own words: for operators. */
function failureOf({ name, kind, times, error }: Awaited<ReturnType<typeof failedRuns>>[number], role: Role): Failure {
  const isOperator = includesRole(role, "operator");
  const shown = kind === "restore" && !isOperator ? "Restore" : name;
  return { name: shown, kind, times, ...(isOperator && error ? { error } : {}) };
}

/** Titles of alerts as the role sees them in lists. */
async function openAlerts(role: Role): Promise<ReportData["open"]> {
  const { count, items } = await openAlertsOf(hiddenEventTypes(role), NAMED);
  return {
    count,
    items: items.map(({ type, title, openedAt }) => ({
      title: includesRole(role, eventVisibility(type).title) ? title : isEventType(type) ? eventType(type).name : type,
      since: openedAt,
    })),
  };
}

async function quietThings(now: number): Promise<ReportData["quiet"]["items"]> {
  const [{ jobs, channels }, silences] = await Promise.all([pausedThings(now), runningSilences(now)]);
  return [
    ...jobs.map(({ name }) => ({ what: "job" as const, name })),
    ...channels.map(({ name, enabled, mutedUntil }) =>
      enabled ? { what: "mute" as const, name, ...until(mutedUntil) } : { what: "channel" as const, name },
    ),
    ...activeSilences(silences, now).map((one) => ({
      what: "silence" as const,
      name: one.reason,
      ...until(one.until),
    })),
  ];
}

function until(at: number | null): { until?: number } {
  return at === null ? {} : { until: at };
}

type Stored = Awaited<ReturnType<typeof storedBytes>>;

function growthOf(stored: Stored, earlier: Stored): ReportData["growth"] {
  return [...stored]
    .map(([id, { name, bytes }]) => ({ name, bytes, before: earlier.get(id)?.bytes ?? 0 }))
    .filter(({ bytes, before }) => bytes > before)
    .sort((a, b) => b.bytes - b.before - (a.bytes - a.before))
    .slice(0, GROWN);
}
