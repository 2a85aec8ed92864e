ALTER TABLE `channel_states` RENAME COLUMN "trouble_since" TO "retrying_since";--> statement-breakpoint
ALTER TABLE `channel_states` RENAME COLUMN "lane_owner" TO "queue_owner";--> statement-breakpoint
ALTER TABLE `channel_states` RENAME COLUMN "lane_until" TO "queue_until";--> statement-breakpoint
ALTER TABLE `deliveries` RENAME COLUMN "row_id" TO "rule_id";--> statement-breakpoint
ALTER TABLE `deliveries` RENAME COLUMN "tell_recovery" TO "notify_on_recovery";--> statement-breakpoint
ALTER TABLE `job_notifications` RENAME COLUMN "tell_recovery" TO "notify_on_recovery";--> statement-breakpoint
CREATE TABLE `system_state` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `deliveries` ADD `reason_code` text;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `held_by` text;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `held_by_id` text;--> statement-breakpoint
DROP INDEX `runs_untold`;--> statement-breakpoint
ALTER TABLE `runs` ADD `executor` text DEFAULT 'worker' NOT NULL;--> statement-breakpoint
CREATE INDEX `runs_without_event` ON `runs` (`finished_at`) WHERE event_id is null;--> statement-breakpoint
CREATE TABLE `__new_jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`slug` text NOT NULL,
	`kind` text NOT NULL,
	`source_id` text,
	`cron` text,
	`timezone` text,
	`enabled` integer NOT NULL,
	`compression` text,
	`keep_last` integer,
	`time_limit_minutes` integer,
	`grace_minutes` integer NOT NULL,
	`retries` integer NOT NULL,
	`next_run_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	CONSTRAINT "jobs_managed_whole" CHECK(kind <> 'managed' or (source_id is not null and compression is not null and keep_last is not null))
);
--> statement-breakpoint
INSERT INTO `__new_jobs`("id", "name", "slug", "kind", "source_id", "cron", "timezone", "enabled", "compression", "keep_last", "time_limit_minutes", "grace_minutes", "retries", "next_run_at", "created_at", "updated_at") SELECT "id", "name", "slug", "kind", "source_id", "cron", "timezone", "enabled", "compression", "keep_last", "time_limit_minutes", "grace_minutes", "retries", "next_run_at", "created_at", "updated_at" FROM `jobs`;--> statement-breakpoint
DROP TABLE `jobs`;--> statement-breakpoint
ALTER TABLE `__new_jobs` RENAME TO `jobs`;--> statement-breakpoint
CREATE UNIQUE INDEX `jobs_name` ON `jobs` (`name`);--> statement-breakpoint
CREATE UNIQUE INDEX `jobs_slug` ON `jobs` (`slug`);--> statement-breakpoint
CREATE INDEX `jobs_due` ON `jobs` (`next_run_at`);--> statement-breakpoint
ALTER TABLE `alerts` ADD `resolution` text;--> statement-breakpoint
UPDATE deliveries SET kind = 'initial' WHERE kind = 'telling';--> statement-breakpoint
UPDATE deliveries SET route = 'rule' WHERE route = 'row';--> statement-breakpoint
UPDATE deliveries SET held_by = 'mute', held_by_id = channel_id, reason_code = 'channel_muted' WHERE status = 'held';--> statement-breakpoint
UPDATE deliveries SET reason_code = CASE
	WHEN reason LIKE 'The channel was switched off: its service%' THEN 'channel_gone'
	WHEN reason LIKE 'The channel was switched off%' OR reason = 'The channel is switched off.' THEN 'channel_disabled'
	WHEN reason = 'The channel was removed.' THEN 'channel_removed'
	WHEN reason LIKE 'Canceled by %' THEN 'canceled_by_person'
	WHEN reason = 'Canceled: subject removed.' THEN 'subject_removed'
	WHEN reason = 'Canceled: subject disabled.' THEN 'subject_disabled'
	WHEN reason LIKE '%acknowledged.' THEN 'alert_acknowledged'
	WHEN reason IN ('The problem was resolved.', 'The problem is over.', 'Canceled: the problem was resolved by hand.') THEN 'alert_resolved'
	WHEN reason LIKE 'Its run has ended%' THEN 'run_ended'
	WHEN reason = 'Its event is gone.' THEN 'event_missing'
	ELSE NULL
END WHERE status = 'canceled';--> statement-breakpoint
UPDATE deliveries SET reason_code = CASE
	WHEN kind = 'test' THEN 'test_failed'
	WHEN reason LIKE 'Given up after 24 h.%' THEN 'retries_exhausted'
	WHEN EXISTS (SELECT 1 FROM attempts WHERE delivery_id = deliveries.id AND number = deliveries.attempt_count AND outcome = 'gone') THEN 'target_gone'
	WHEN EXISTS (SELECT 1 FROM attempts WHERE delivery_id = deliveries.id AND number = deliveries.attempt_count AND outcome = 'rejected') THEN 'rejected'
	ELSE 'channel_invalid'
END WHERE status = 'dead';--> statement-breakpoint
UPDATE deliveries SET reason_code = CASE
	WHEN folded_into IN (SELECT id FROM deliveries WHERE kind = 'digest') THEN 'digest'
	WHEN folded_into IN (SELECT id FROM deliveries WHERE kind = 'recovery') THEN 'recovered_before_sent'
	ELSE 'merged'
END WHERE status = 'folded';--> statement-breakpoint
UPDATE deliveries SET reason_code = CASE
	WHEN reason LIKE 'Refused for now: %' THEN 'refused_for_now'
	ELSE 'retrying'
END WHERE status IN ('pending', 'sending') AND reason IS NOT NULL;--> statement-breakpoint
UPDATE deliveries SET reason = NULL WHERE status = 'canceled' AND reason_code <> 'canceled_by_person';--> statement-breakpoint
UPDATE channel_states SET health = 'retrying' WHERE health = 'trouble';--> statement-breakpoint
UPDATE alerts SET resolution = CASE
	WHEN id IN (SELECT entity_id FROM audit_log WHERE verb = 'alerts.resolve') THEN 'person'
	WHEN resolved_by = 'subject removed' THEN 'subject_removed'
	WHEN resolved_by = 'subject disabled' THEN 'subject_disabled'
	ELSE 'event'
END WHERE status = 'resolved';--> statement-breakpoint
UPDATE alerts SET resolved_by = NULL WHERE resolution IN ('subject_removed', 'subject_disabled');--> statement-breakpoint
INSERT INTO system_state (key, value, updated_at) SELECT key, value, updated_at FROM settings WHERE key IN ('secret-check', 'setup-done', 'written-at', 'routing-version', 'runs-claim', 'config-backup-state') OR key LIKE '%-lease';--> statement-breakpoint
DELETE FROM settings WHERE key IN (SELECT key FROM system_state);--> statement-breakpoint
UPDATE settings SET value = replace(value, '"tellRecovery"', '"notifyOnRecovery"') WHERE key = 'notifications';
