import type { ClaimedEvent } from "@/db/stores/outbox";
import { OUTCOMES } from "@/lib/core/delivery";
import type { EventDraft } from "@/lib/core/event";
import type { JobState } from "@/lib/core/job";
import type { Notification } from "@/lib/core/notification";
import type { OpenAlert } from "@/lib/core/routing";
import { eventOfRun, eventType } from "@/lib/events/catalog";
import { compose, composeRecovery } from "@/lib/policy/message";
import { correlate } from "@/lib/policy/stages/correlate";

/** What a preview may show: each outcome of a job, and the recovery of a problem. */
export const PREVIEW_OUTCOMES = [...OUTCOMES, "recovered"] as const;
export type PreviewOutcome = (typeof PREVIEW_OUTCOMES)[number];

/** One realistic message of a job, before a service renders it. */
export interface PreviewSample {
  event: ClaimedEvent;
  notification: Notification;
  /** The alert it is about; null for plain facts. */
  alert: { id: string; count: number; openedAt: number; resolvedAt: number | null } | null;
  /** The log of its run. */
  log: string;
}

const STATE_OF: Record<PreviewOutcome, JobState> = {
  success: "success",
  warning: "warning",
  failure: "failure",
  info: "start",
  recovered: "success",
};

const RECOVERED_AFTER_MS = 8_040_000;

/**
 * A sample of an outcome, made by the same catalogue and composer as the real one.
 * @param job the job it names; none: a made-up one @param now milliseconds
 */
export function previewSample(
  outcome: PreviewOutcome,
  job: { name: string; slug: string } | undefined,
  now: number,
): PreviewSample {
  const { type } = eventOfRun("backup", STATE_OF[outcome]);
  const draft = draftOf(type, job, now);
  const said = messageOf(draft, now);
  const isProblem = outcome === "failure" || outcome === "warning";
  const failed =
    outcome === "recovered" ? openAlertOf(draftOf(eventOfRun("backup", "failure").type, job, now), now) : null;
  const notification = failed ? composeRecovery(said, failed, false) : said;
  const alert = failed
    ? { id: failed.id, count: failed.count, openedAt: failed.openedAt, resolvedAt: now }
    : isProblem
      ? { id: "alr_sample", count: 1, openedAt: now, resolvedAt: null }
      : null;
  return {
    event: {
      id: "evt_sample",
      type,
      at: now,
      subject: draft.subject,
      runId: null,
      data: draft.data,
      notification,
    },
    notification: alert ? { ...notification, alertId: alert.id } : notification,
    alert,
    log: LOG_OF[outcome],
  };
}

function draftOf(type: string, job: { name: string; slug: string } | undefined, now: number): EventDraft {
  const { subject, data } = eventType(type).sample(now);
  if (!job) return { type, subject, data, at: now };
  return {
    type,
    subject: { ...subject, name: job.name },
    data: { ...data, job: { id: subject.id, name: job.name, slug: job.slug } },
    at: now,
  };
}

function messageOf(draft: EventDraft, at: number): Notification {
  const entry = eventType(draft.type);
  return compose(draft, entry, correlate(draft, entry, []), at);
}

/** A failure that was notified some two hours before its recovery. */
function openAlertOf(draft: EventDraft, now: number): OpenAlert {
  const openedAt = now - RECOVERED_AFTER_MS;
  const { title, message } = messageOf(draft, openedAt);
  return {
    id: "alr_sample",
    type: draft.type,
    dedupKey: "sample",
    status: "firing",
    severity: eventType(draft.type).severity,
    subjectName: draft.subject.name,
    title,
    message,
    openedAt,
    count: 1,
  };
}

const FIRST_LINES = ["Reading shop database", "Packing with gzip", "Writing to backup disk"];
const logOf = (...ending: string[]) => [...FIRST_LINES, ...ending].join("\n");
const SUCCESS_LOG = logOf("8.4 GB written", "Checksum compared, the backup is whole", "2 old backups removed");

const LOG_OF: Record<PreviewOutcome, string> = {
  success: SUCCESS_LOG,
  recovered: SUCCESS_LOG,
  warning: logOf("orders.ibd changed while it was read", "sessions.ibd changed while it was read", "8.4 GB written"),
  failure: logOf(
    "nas.example.org:22: connection refused, attempt 1 of 3",
    "nas.example.org:22: connection refused, attempt 2 of 3",
    "nas.example.org:22: connection refused, attempt 3 of 3",
    "Given up: the destination could not be reached",
  ),
  info: "Reading shop database",
};
