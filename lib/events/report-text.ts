import { formatBytes, pluralize } from "@/lib/core/format-units";
import type { NotificationField } from "@/lib/core/notification";
import type { RunKind } from "@/lib/core/run";
import type { EventText } from "./define-event";
import type { ReportData } from "./report-data";

const HOUR_MS = 3_600_000;
/** Of an error's words, characters. */
const ERROR_MAX = 120;

const KIND_TEXT: Record<RunKind, string> = {
  backup: "",
  restore: "restore",
  restore_test: "restore test",
  integrity_check: "integrity check",
  config_backup: "configuration backup",
  sync: "sync",
  check: "check of a repository",
  compact: "compact of a repository",
  prune: "prune of a repository",
};

const QUIET_TEXT: Record<ReportData["quiet"]["items"][number]["what"], string> = {
  job: "disabled",
  channel: "channel disabled",
  mute: "channel muted",
  silence: "silenced",
};

/** A report as a message: the counts in the title, the span and the rate in the message, the rest among the facts. */
export function reportText(report: ReportData): EventText {
  return { title: titleOf(report), message: messageOf(report), fields: fieldsOf(report) };
}

/** `Daily report: 41 succeeded, 2 failed, 1 missed`. */
function titleOf(report: ReportData): string {
  const { period, succeeded, warned, failed, missed } = report;
  const name = period === "daily" ? "Daily report" : "Weekly report";
  if (countedRuns(report) === 0) return `${name}: nothing ran`;
  const warnings = warned > 0 ? `, ${warned} with warnings` : "";
  return `${name}: ${succeeded} succeeded${warnings}, ${failed} failed, ${missed} missed`;
}

/** Everything that the rate counts. A missed slot is a run that should have been. */
function countedRuns({ succeeded, warned, failed, missed }: ReportData): number {
  return succeeded + warned + failed + missed;
}

function messageOf(report: ReportData): string {
  const { sentBy, jobs, unfinished, canceled } = report;
  return [
    sentBy ? `Sent by ${sentBy}, besides the schedule.` : "",
    `${spanText(report)}.`,
    countedRuns(report) > 0 ? rateText(report) : nothingText(jobs),
    canceled > 0 ? `${pluralize(canceled, "run")} ${canceled === 1 ? "was" : "were"} canceled.` : "",
    unfinished > 0 ? `${pluralize(unfinished, "run")} ${unfinished === 1 ? "has" : "have"} not ended yet.` : "",
  ]
    .filter(Boolean)
    .join("\n");
}

/** Rounded down: only where everything succeeded it is 100 %. */
function rateText(report: ReportData): string {
  const all = countedRuns(report);
  const good = report.succeeded + report.warned;
  const missed = report.missed > 0 ? ", missed ones counted" : "";
  return `Success rate ${Math.floor((good / all) * 100)} %: ${good} of ${pluralize(all, "run")}${missed}.`;
}

function nothingText(jobs: number): string {
  if (jobs === 0) return "No job is enabled.";
  return `Nothing ran, and nothing was due: ${pluralize(jobs, "job")} ${jobs === 1 ? "is" : "are"} enabled.`;
}

/** `Thursday, 26 November 2026 (Europe/Berlin)`; of a week its first and last day. */
function spanText({ period, from, to, timezone }: ReportData): string {
  const format = formatIn(timezone, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  // Versions of Unicode's data differ in this comma.
  const day = (at: number) => format.format(at).replace(/^(\w+),? /, "$1, ");
  const days = period === "daily" ? day(from) : `${day(from)} to ${day(to - 1)}`;
  const hours = Math.round((to - from) / HOUR_MS);
  const usual = period === "daily" ? 24 : 7 * 24;
  return `${days} (${timezone}${hours === usual ? "" : `, ${hours} hours: the clock changed`})`;
}

function fieldsOf(report: ReportData): NotificationField[] {
  const at = (time: number) => timeText(time, report.timezone);
  const lists: [label: string, lines: string[], count: number][] = [
    ["Failed", report.failures.items.map(failureText), report.failures.count],
    ["Missed", report.misses.items.map(({ name, slots }) => timesText(name, slots)), report.misses.count],
    ["Open alerts", report.open.items.map(({ title, since }) => `${title}, since ${at(since)}`), report.open.count],
    [
      "Silenced or paused",
      report.quiet.items.map(
        ({ what, name, until }) => `${name}: ${QUIET_TEXT[what]}${until === undefined ? "" : ` until ${at(until)}`}`,
      ),
      report.quiet.count,
    ],
    ["Largest growth", report.growth.map((one) => growthText(one, report.period)), report.growth.length],
  ];
  return lists.flatMap(([label, lines, count]) => {
    if (count === 0) return [];
    const rest = count - lines.length;
    return [{ label, value: [...lines, ...(rest > 0 ? [`and ${rest} more`] : [])].join("\n") }];
  });
}

function failureText({ name, kind, times, error }: ReportData["failures"]["items"][number]): string {
  const what = KIND_TEXT[kind] ? `${name} (${KIND_TEXT[kind]})` : name;
  const words = error?.replace(/\s+/g, " ").trim();
  return `${timesText(what, times)}${words ? `: ${words.length > ERROR_MAX ? `${words.slice(0, ERROR_MAX - 1)}…` : words}` : ""}`;
}

function timesText(name: string, times: number): string {
  return times > 1 ? `${name}, ${times} times` : name;
}

function growthText({ name, bytes, before }: ReportData["growth"][number], period: ReportData["period"]): string {
  const earlier = period === "daily" ? "the day before" : "the week before";
  if (before === 0) return `${name}: ${formatBytes(bytes)}, nothing ${earlier}`;
  return `${name}: ${formatBytes(bytes)}, ${formatBytes(bytes - before)} more than ${earlier}`;
}

/** `26 Nov 2026, 14:05`. */
function timeText(at: number, timezone: string): string {
  const time = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" } as const;
  return formatIn(timezone, time).format(at);
}

/** In UTC where a machine does not know the zone. */
function formatIn(timezone: string, parts: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-GB", { ...parts, timeZone: timezone });
  } catch {
    return new Intl.DateTimeFormat("en-GB", { ...parts, timeZone: "UTC" });
  }
}
