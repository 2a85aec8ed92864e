CREATE TABLE `alerts` (
	`id` text PRIMARY KEY NOT NULL,
	`type` text NOT NULL,
	`dedup_key` text NOT NULL,
	`status` text NOT NULL,
	`subject_kind` text NOT NULL,
	`subject_id` text NOT NULL,
	`subject_name` text NOT NULL,
	`tone` text NOT NULL,
	`severity` text NOT NULL,
	`title` text NOT NULL,
	`message` text NOT NULL,
	`count` integer NOT NULL,
	`opened_at` integer NOT NULL,
	`last_at` integer NOT NULL,
	`acknowledged_at` integer,
	`acknowledged_by` text,
	`resolved_at` integer,
	`resolved_by` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `alerts_open_key` ON `alerts` (`dedup_key`) WHERE status <> 'resolved';--> statement-breakpoint
CREATE INDEX `alerts_open` ON `alerts` (`last_at`) WHERE status <> 'resolved';--> statement-breakpoint
CREATE INDEX `alerts_subject` ON `alerts` (`subject_kind`,`subject_id`) WHERE status <> 'resolved';--> statement-breakpoint
CREATE INDEX `alerts_resolved_at` ON `alerts` (`resolved_at`) WHERE status = 'resolved';--> statement-breakpoint
CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`role` text NOT NULL,
	`key_hash` text NOT NULL,
	`hint` text NOT NULL,
	`created_by` text,
	`created_at` integer NOT NULL,
	`last_used_at` integer,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_hash` ON `api_keys` (`key_hash`);--> statement-breakpoint
CREATE TABLE `artifacts` (
	`id` text PRIMARY KEY NOT NULL,
	`run_id` text NOT NULL,
	`job_id` text,
	`job_name` text NOT NULL,
	`destination_id` text NOT NULL,
	`destination_name` text NOT NULL,
	`source_kind` text NOT NULL,
	`compression` text NOT NULL,
	`path` text NOT NULL,
	`bytes` integer NOT NULL,
	`sha256` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `artifacts_job` ON `artifacts` (`job_id`,`id`);--> statement-breakpoint
CREATE INDEX `artifacts_run` ON `artifacts` (`run_id`);--> statement-breakpoint
CREATE INDEX `artifacts_destination` ON `artifacts` (`destination_id`);--> statement-breakpoint
CREATE TABLE `attempts` (
	`delivery_id` text NOT NULL,
	`number` integer NOT NULL,
	`at` integer NOT NULL,
	`latency_ms` integer NOT NULL,
	`outcome` text NOT NULL,
	`status` integer,
	`error` text,
	`advice` text,
	`answer` text,
	`retry_after_ms` integer,
	PRIMARY KEY(`delivery_id`, `number`)
);
--> statement-breakpoint
CREATE TABLE `audit_log` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text,
	`actor_name` text NOT NULL,
	`address` text,
	`verb` text NOT NULL,
	`entity` text,
	`entity_id` text,
	`entity_name` text,
	`detail` text
);
--> statement-breakpoint
CREATE INDEX `audit_entity` ON `audit_log` (`entity`,`entity_id`);--> statement-breakpoint
CREATE TABLE `channel_states` (
	`channel_id` text PRIMARY KEY NOT NULL,
	`health` text NOT NULL,
	`trouble_since` integer,
	`failures` integer NOT NULL,
	`next_probe_at` integer,
	`paused_until` integer,
	`paused_since` integer,
	`failing_since` integer,
	`last_success_at` integer,
	`last_error_at` integer,
	`last_error` text,
	`lane_owner` text,
	`lane_until` integer
);
--> statement-breakpoint
CREATE TABLE `channels` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`provider` text NOT NULL,
	`enabled` integer NOT NULL,
	`config` text NOT NULL,
	`secrets` text,
	`subscriptions` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `channels_name` ON `channels` (`name`);--> statement-breakpoint
CREATE TABLE `deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`event_id` text NOT NULL,
	`channel_id` text,
	`recipient` text NOT NULL,
	`user_id` text,
	`kind` text NOT NULL,
	`step` integer NOT NULL,
	`status` text NOT NULL,
	`alert_id` text,
	`order_key` text,
	`route` text NOT NULL,
	`row_id` text,
	`tell_recovery` integer NOT NULL,
	`remind_hours` integer,
	`channel_name` text NOT NULL,
	`provider` text NOT NULL,
	`title` text NOT NULL,
	`tone` text NOT NULL,
	`severity` text NOT NULL,
	`notification` text,
	`text` text,
	`created_at` integer NOT NULL,
	`due_at` integer NOT NULL,
	`give_up_at` integer NOT NULL,
	`lease_until` integer,
	`attempt_count` integer NOT NULL,
	`last_attempt_at` integer,
	`settled_at` integer,
	`reason` text,
	`receipt` text,
	`payload` text,
	`folded_into` text,
	`folded_count` integer NOT NULL,
	`remaining` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `deliveries_once` ON `deliveries` (`event_id`,`channel_id`,`recipient`,`kind`,`step`);--> statement-breakpoint
CREATE INDEX `deliveries_due` ON `deliveries` (`channel_id`,`id`) WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX `deliveries_due_at` ON `deliveries` (`channel_id`,`due_at`) WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX `deliveries_waiting` ON `deliveries` (`order_key`,`id`) WHERE order_key is not null and status in ('pending', 'sending', 'held');--> statement-breakpoint
CREATE INDEX `deliveries_alert` ON `deliveries` (`alert_id`) WHERE alert_id is not null;--> statement-breakpoint
CREATE INDEX `deliveries_status` ON `deliveries` (`status`,`id`) WHERE status in ('dead', 'canceled', 'folded', 'held');--> statement-breakpoint
CREATE INDEX `deliveries_in_hand` ON `deliveries` (`id`) WHERE status in ('pending', 'sending');--> statement-breakpoint
CREATE INDEX `deliveries_channel` ON `deliveries` (`channel_id`,`id`);--> statement-breakpoint
CREATE INDEX `deliveries_settled` ON `deliveries` (`settled_at`) WHERE settled_at is not null;--> statement-breakpoint
CREATE TABLE `destinations` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`config` text NOT NULL,
	`secrets` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `destinations_name` ON `destinations` (`name`);--> statement-breakpoint
CREATE TABLE `events` (
	`id` text PRIMARY KEY NOT NULL,
	`type` text NOT NULL,
	`at` integer NOT NULL,
	`subject_kind` text NOT NULL,
	`subject_id` text NOT NULL,
	`subject_name` text NOT NULL,
	`tone` text NOT NULL,
	`severity` text NOT NULL,
	`dedup_key` text,
	`alert_id` text,
	`job_id` text,
	`run_id` text,
	`is_test` integer NOT NULL,
	`data` text NOT NULL,
	`notification` text NOT NULL,
	`api_key_id` text,
	`idempotency_key` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `events_idempotency` ON `events` (`api_key_id`,`idempotency_key`) WHERE idempotency_key is not null;--> statement-breakpoint
CREATE INDEX `events_alert` ON `events` (`alert_id`) WHERE alert_id is not null;--> statement-breakpoint
CREATE INDEX `events_job` ON `events` (`job_id`,`id`) WHERE job_id is not null;--> statement-breakpoint
CREATE INDEX `events_run` ON `events` (`run_id`) WHERE run_id is not null;--> statement-breakpoint
CREATE TABLE `invitations` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`token_hash` text NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `invitations_token` ON `invitations` (`token_hash`);--> statement-breakpoint
CREATE INDEX `invitations_user` ON `invitations` (`user_id`);--> statement-breakpoint
CREATE TABLE `job_destinations` (
	`job_id` text NOT NULL,
	`destination_id` text NOT NULL,
	`position` integer NOT NULL,
	PRIMARY KEY(`job_id`, `destination_id`)
);
--> statement-breakpoint
CREATE INDEX `job_destinations_destination` ON `job_destinations` (`destination_id`);--> statement-breakpoint
CREATE TABLE `job_notifications` (
	`id` text PRIMARY KEY NOT NULL,
	`job_id` text NOT NULL,
	`channel_id` text NOT NULL,
	`position` integer NOT NULL,
	`condition` text NOT NULL,
	`states` text,
	`repeat` text NOT NULL,
	`remind_hours` integer,
	`tell_recovery` integer NOT NULL,
	`title` text,
	`message` text,
	`priority` text,
	`tags` text,
	`include_log` integer NOT NULL,
	`log_limit` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `job_notifications_once` ON `job_notifications` (`job_id`,`channel_id`);--> statement-breakpoint
CREATE INDEX `job_notifications_channel` ON `job_notifications` (`channel_id`);--> statement-breakpoint
CREATE TABLE `jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`slug` text NOT NULL,
	`kind` text NOT NULL,
	`source_id` text NOT NULL,
	`cron` text,
	`timezone` text,
	`enabled` integer NOT NULL,
	`compression` text NOT NULL,
	`keep_last` integer NOT NULL,
	`time_limit_minutes` integer,
	`grace_minutes` integer NOT NULL,
	`retries` integer NOT NULL,
	`next_run_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `jobs_name` ON `jobs` (`name`);--> statement-breakpoint
CREATE UNIQUE INDEX `jobs_slug` ON `jobs` (`slug`);--> statement-breakpoint
CREATE INDEX `jobs_due` ON `jobs` (`next_run_at`);--> statement-breakpoint
CREATE TABLE `login_guards` (
	`key` text PRIMARY KEY NOT NULL,
	`user_id` text,
	`failures` integer NOT NULL,
	`last_failure_at` integer NOT NULL,
	`locked_until` integer
);
--> statement-breakpoint
CREATE TABLE `run_logs` (
	`run_id` text NOT NULL,
	`seq` integer NOT NULL,
	`at` integer NOT NULL,
	`text` text NOT NULL,
	PRIMARY KEY(`run_id`, `seq`)
);
--> statement-breakpoint
CREATE TABLE `runs` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`job_id` text,
	`name` text NOT NULL,
	`status` text NOT NULL,
	`trigger` text NOT NULL,
	`actor_name` text,
	`params` text NOT NULL,
	`queued_at` integer NOT NULL,
	`due_at` integer,
	`started_at` integer,
	`finished_at` integer,
	`not_before` integer,
	`attempts` integer NOT NULL,
	`bytes` integer,
	`files` integer,
	`error` text,
	`advice` text,
	`cancel_requested_at` integer,
	`worker_id` text,
	`heartbeat_at` integer,
	`event_id` text
);
--> statement-breakpoint
CREATE INDEX `runs_job` ON `runs` (`job_id`,`id`);--> statement-breakpoint
CREATE INDEX `runs_open` ON `runs` (`status`,`queued_at`) WHERE status in ('queued', 'running');--> statement-breakpoint
CREATE INDEX `runs_untold` ON `runs` (`finished_at`) WHERE event_id is null;--> statement-breakpoint
CREATE INDEX `runs_finished` ON `runs` (`finished_at`);--> statement-breakpoint
CREATE TABLE `settings` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sources` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`config` text NOT NULL,
	`secrets` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sources_name` ON `sources` (`name`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`email_key` text NOT NULL,
	`role` text NOT NULL,
	`status` text NOT NULL,
	`password_hash` text,
	`session_version` integer NOT NULL,
	`timezone` text,
	`last_login_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email_key` ON `users` (`email_key`);