/**
 * Why a delivery was not sent, or not yet. The closed list that routing, the outbox, the check before an attempt,
 * the delivery page, the preview and the API share. Screens and answers draw their sentence from the code.
 */
export const REASON_CODES = [
  // Not planned: no delivery exists, only the preview shows it.
  "event_disabled",
  "monitor_takes_runs_only",
  "about_this_channel",
  "below_min_severity",
  "already_notified",
  "user_only",
  // Held.
  "channel_muted",
  "silenced",
  "quiet_hours",
  "snoozed",
  // Folded.
  "digest",
  "merged",
  "recovered_before_sent",
  // Canceled.
  "alert_resolved",
  "alert_acknowledged",
  "subject_removed",
  "subject_disabled",
  "channel_disabled",
  "channel_removed",
  "channel_gone",
  "run_ended",
  "event_missing",
  "canceled_by_person",
  // Pending again.
  "retrying",
  "refused_for_now",
  // Dead.
  "rejected",
  "target_gone",
  "retries_exhausted",
  "channel_invalid",
  "test_failed",
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

/** What holds a delivery. Only what holds it may release it. */
export const HOLDERS = ["mute", "silence", "quiet_hours", "snooze"] as const;
export type Holder = (typeof HOLDERS)[number];
