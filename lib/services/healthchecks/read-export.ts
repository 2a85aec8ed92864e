import { z } from "zod";
import { scheduleProblem } from "@/lib/core/cron/next-run";
import { onCalendarProblem } from "@/lib/core/cron/on-calendar";
import { AppError } from "@/lib/core/errors";
import { parseJson } from "@/lib/core/parse-json";
import { type ExpectationInput, type ExternalJobInput, jobInput } from "@/lib/services/jobs/fields";
import { isIanaTimezone } from "@/lib/services/users/fields";
import { fieldsOf } from "@/lib/services/verb";
import { labelsOfTags } from "./tags";

/** Most checks of one export. */
const MAX_CHECKS = 1_000;
const MAX_GRACE_MINUTES = 43_200;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SLUG = /^[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?$/;

const text = z.string().nullish();
const flag = z.boolean().nullish();
const seconds = z.number().positive().nullish();

/** What is read of a check, in the words of Healthchecks. */
const check = z.object({
  name: text,
  slug: text,
  tags: text,
  desc: text,
  grace: seconds,
  timeout: seconds,
  schedule: text,
  tz: text,
  status: text,
  uuid: text,
  methods: text,
  channels: text,
  manual_resume: flag,
  start_kw: text,
  success_kw: text,
  failure_kw: text,
  subject: text,
  subject_fail: text,
  filter_subject: flag,
  filter_body: flag,
  filter_http_body: flag,
  filter_default_fail: flag,
});
type Check = z.output<typeof check>;

/** What says how a check was doing, or follows from the rest: nothing that could be lost. */
const DERIVED = new Set(
  "n_pings,last_ping,next_ping,last_duration,started,unique_key,ping_url,update_url,pause_url,resume_url,badge_url".split(
    ",",
  ),
);

/** A check as it would become a job. */
export interface ReadCheck {
  name: string;
  /** As it was, where Belfry takes it. */
  slug: string | null;
  uuid: string | null;
  /** Null: it cannot become a job, and `reason` says why. */
  job: ExternalJobInput | null;
  reason: string | null;
  /** What is not carried over, a sentence each. */
  notes: string[];
}

/**
 * Reads what Healthchecks answers to `GET /api/v3/checks/`, or to a call about one check.
 * @throws AppError `invalid` when it is neither
 */
export function readExport(pasted: string): ReadCheck[] {
  const found = checksOf(pasted);
  if (found.length > MAX_CHECKS)
    throw new AppError("invalid", `These are ${found.length} checks. Import at most 1,000 at once: split them by tag.`);
  return found.map(readCheck);
}

function checksOf(pasted: string): unknown[] {
  let value: unknown;
  try {
    value = parseJson(pasted);
  } catch {
    throw new AppError("invalid", "This is not JSON. Paste the whole answer of GET /api/v3/checks/ of Healthchecks.");
  }
  const { checks = value } = Object(value) as { checks?: unknown };
  const all = Array.isArray(checks) ? checks : [checks];
  const isCheck = (one: unknown) => typeof one === "object" && one !== null && ("grace" in one || "name" in one);
  if (all.length > 0 && all.every(isCheck)) return all;
  throw new AppError(
    "invalid",
    "There are no checks in this JSON. Paste the whole answer of GET /api/v3/checks/ of Healthchecks, or of one check.",
  );
}

function readCheck(raw: unknown, index: number): ReadCheck {
  const parsed = check.safeParse(raw);
  const { name: ownName } = raw as { name?: unknown };
  const shown = typeof ownName === "string" && ownName.trim() ? ownName.trim() : `Check ${index + 1}`;
  if (!parsed.success) {
    const [field, sentence] = Object.entries(fieldsOf(parsed.error))[0] ?? [];
    return refused(shown, `Its field “${field}” cannot be read: ${sentence}`);
  }
  const known = parsed.data;
  const name = known.name?.trim() || known.slug || known.uuid || shown;
  const { labels, notes: tagNotes } = labelsOfTags(known.tags ?? "");
  const time = scheduleOf(known);
  if (typeof time === "string") return refused(name, time);
  const grace = Math.max(1, Math.ceil((known.grace ?? 3_600) / 60));
  const job = jobInput.safeParse({
    kind: "external",
    name,
    enabled: known.status !== "paused",
    schedule: time,
    graceMinutes: Math.min(MAX_GRACE_MINUTES, grace),
    methods: known.methods === "POST" ? "post" : "any",
    ...keywordsOf(known),
    labels,
  });
  if (!job.success) {
    const [field, sentence] = Object.entries(fieldsOf(job.error))[0] ?? [];
    return refused(name, `${field}: ${sentence}`);
  }
  const isSlug = typeof known.slug === "string" && SLUG.test(known.slug) && known.slug.length <= 100;
  return {
    name,
    slug: isSlug ? (known.slug ?? null) : null,
    uuid: known.uuid && UUID.test(known.uuid.toLowerCase()) ? known.uuid.toLowerCase() : null,
    job: job.data as ExternalJobInput,
    reason: null,
    notes: [...tagNotes, ...notesOf(known), ...unknownOf(raw as object)],
  };
}

function refused(name: string, reason: string): ReadCheck {
  return { name, slug: null, uuid: null, job: null, reason, notes: [] };
}

/** @returns a sentence for a schedule that Belfry cannot follow */
function scheduleOf({ timeout, schedule, tz }: Check): ExpectationInput | string {
  if (!schedule) return timeout ? { periodMinutes: Math.max(1, Math.ceil(timeout / 60)) } : null;
  const timezone = tz || "UTC";
  if (!isIanaTimezone(timezone)) return `Its time zone “${timezone}” is not known here.`;
  if (scheduleProblem({ cron: schedule, timezone }) === null) return { cron: schedule, timezone };
  const problem = onCalendarProblem(schedule, timezone);
  return problem ? `Its schedule “${schedule}” cannot be followed: ${problem}` : { onCalendar: schedule, timezone };
}

/** Words apply to what is sent by HTTP only where the check says so. */
function keywordsOf({ filter_http_body, success_kw, failure_kw }: Check) {
  if (!filter_http_body) return {};
  return { keywords: { failure: wordsOf(failure_kw), warning: [], success: wordsOf(success_kw) } };
}

function wordsOf(list: string | null | undefined): string[] {
  return (list ?? "").split(",").flatMap((word) => word.trim() || []);
}

/** What a check has that a job has not. */
function notesOf(known: Check): string[] {
  const isGraceCut = (known.grace ?? 0) > MAX_GRACE_MINUTES * 60;
  const isUneven = [known.grace, known.schedule ? 0 : known.timeout].some((value) => (value ?? 0) % 60 !== 0);
  const hasWords = Boolean(known.success_kw || known.failure_kw || known.subject || known.subject_fail);
  const channels = (known.channels ?? "").split(",").filter(Boolean).length;
  const notes: (string | false)[] = [
    isGraceCut && "Its grace is cut to 30 days.",
    isUneven && "Seconds of its period and grace are rounded up to minutes.",
    Boolean(known.desc) && `Its description is left out: “${known.desc}”.`,
    channels > 0 &&
      `Its ${channels === 1 ? "integration is" : `${channels} integrations are`} not in the export: choose channels.`,
    known.manual_resume === false &&
      known.status === "paused" &&
      "It stays paused when it is pinged, until it is resumed.",
    Boolean(known.start_kw) && `Its words for a start are left out: ${known.start_kw}.`,
    hasWords && !known.filter_http_body && "Its keywords are left out: they were for mails only.",
    Boolean(known.filter_subject || known.filter_body) && "Its filters of mails are left out.",
    known.filter_default_fail === true && "Pings without any of its words failed; here they count as they were sent.",
    Boolean(known.filter_http_body) &&
      !known.filter_default_fail &&
      "Pings without any of its words were ignored; here they count as they were sent.",
  ];
  return notes.flatMap((note) => note || []);
}

function unknownOf(raw: object): string[] {
  return Object.keys(raw)
    .filter((field) => !(field in check.shape) && !DERIVED.has(field))
    .map((field) => `Its field “${field}” is not known, and is left out.`);
}
