/*
 * Why a delivery was not sent, or not yet. The closed list that routing, the outbox, the check before an attempt, the
 * delivery page, the preview and the API share. Screens and answers draw their sentence from the code.
 */

/** Complete sentences. */
const SENTENCES = {
  // Not planned: no delivery exists, only the preview shows it.
  event_disabled: "The event is disabled.",
  monitor_takes_runs_only: "A monitor takes the runs of jobs only.",
  about_this_channel: "The event is about this channel itself.",
  below_min_severity: "The event is below the channel's minimum severity.",
  already_notified: "This problem was sent already, and repeats are off.",
  user_only: "Only the user is notified.",
  below_count: "The problem has not occurred often enough in a row.",
  // Folded.
  digest: "It was sent as part of a digest.",
  merged: "It was merged into the waiting notification of the same problem.",
  recovered_before_sent: "The problem recovered before the notification was sent.",
  // Pending again.
  sent_again: "A person had it sent again.",
  // Canceled.
  alert_resolved: "The alert was resolved.",
  alert_acknowledged: "The alert was acknowledged.",
  subject_removed: "The subject of the alert was removed.",
  subject_disabled: "The subject of the alert was disabled.",
  channel_disabled: "A disabled channel sends nothing.",
  channel_removed: "The channel was removed.",
  channel_gone: "The channel was disabled because its target no longer exists.",
  run_ended: "The run ended before the notification was sent.",
  event_missing: "The event is no longer stored.",
  silence_dropped: "A silence dropped it.",
  not_administrator: "The recipient is no longer an administrator.",
  recipient_inactive: "The recipient's account was disabled or removed.",
  role_lowered: "The recipient's role does not show all that it says any more.",
  sent_by_original: "It came over with a copy of the database: the original installation sends it.",
};

/** Held; the time follows. */
const HOLDS = {
  channel_muted: "The channel is muted",
  silenced: "A silence is active",
  quiet_hours: "Held during quiet hours",
  snoozed: "The alert is snoozed",
  waits_for_hours: "It is sent when the job has no success",
  waits_for_step: "It is sent when nobody acknowledges the alert",
  copy_undecided: "This installation is a copy, and nobody has decided yet whether it takes over",
};

/** Pending again, or dead; the service's words follow. */
const FAILURES = {
  retrying: "The last attempt failed and is retried",
  perhaps_delivered: "The service's answer was lost, so the message may have arrived",
  sent_in_part: "Some recipients were refused",
  refused_for_now: "Some recipients were refused for now and are retried",
  rejected: "The notification was rejected",
  target_gone: "The target no longer exists",
  retries_exhausted: "Given up after 24 hours of retries",
  channel_invalid: "The channel's configuration cannot be used",
  test_failed: "The Test failed",
};

export type ReasonCode = keyof typeof SENTENCES | keyof typeof HOLDS | keyof typeof FAILURES | "canceled_by_person";
export const REASON_CODES = Object.keys({
  ...SENTENCES,
  canceled_by_person: "",
  ...HOLDS,
  ...FAILURES,
}) as ReasonCode[];

/** What holds a delivery. Only what holds it may release it. */
export const HOLDERS = ["mute", "silence", "quiet_hours", "snooze", "copy"] as const;
export type Holder = (typeof HOLDERS)[number];

/** What a sentence may name besides its code. */
export interface ReasonDetails {
  /** The service's own words, or those of Belfry about the failure. */
  serviceText?: string | null;
  /** Until when it is held, written for the reader. */
  until?: string | null;
  /** The person who canceled it. */
  actorName?: string | null;
}

/** One sentence that says why a delivery was not sent, or not yet. */
export function reasonSentence(code: ReasonCode, { serviceText, until, actorName }: ReasonDetails = {}): string {
  if (code === "canceled_by_person") return `Canceled by ${actorName || "a person"}.`;
  if (isIn(SENTENCES, code)) return SENTENCES[code];
  if (isIn(HOLDS, code)) return until ? `${HOLDS[code]} until ${until}.` : `${HOLDS[code]}.`;
  return serviceText ? `${FAILURES[code]}: ${serviceText}` : `${FAILURES[code]}.`;
}

/** True when the sentence of a code goes on in the service's own words; also for a row without a code, of an old version. */
export function quotesService(code: ReasonCode | null): boolean {
  return code === null || isIn(FAILURES, code);
}

function isIn<T extends object>(group: T, code: PropertyKey): code is keyof T {
  return Object.hasOwn(group, code);
}
