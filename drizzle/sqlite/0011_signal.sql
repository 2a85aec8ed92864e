CREATE TABLE `escalation_policies` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`steps` text NOT NULL,
	`repeat` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `escalation_policies_name` ON `escalation_policies` (`name`);--> statement-breakpoint
CREATE TABLE `inbox_reads` (
	`reader_id` text NOT NULL,
	`item_id` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`reader_id`, `item_id`)
);
--> statement-breakpoint
CREATE TABLE `inbox_watermarks` (
	`reader_id` text PRIMARY KEY NOT NULL,
	`read_up_to` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `labels` (
	`subject_kind` text NOT NULL,
	`subject_id` text NOT NULL,
	`key` text NOT NULL,
	`value` text NOT NULL,
	PRIMARY KEY(`subject_kind`, `subject_id`, `key`)
);
--> statement-breakpoint
CREATE INDEX `labels_value` ON `labels` (`key`,`value`);--> statement-breakpoint
CREATE TABLE `profile_notifications` (
	`id` text PRIMARY KEY NOT NULL,
	`profile_id` text NOT NULL,
	`channel_id` text NOT NULL,
	`position` integer NOT NULL,
	`condition` text NOT NULL,
	`states` text,
	`repeat` text NOT NULL,
	`remind_hours` integer,
	`notify_on_recovery` integer NOT NULL,
	`title` text,
	`message` text,
	`show_facts` integer,
	`priority` text,
	`tags` text,
	`sound` text,
	`outcomes` text,
	`include_log` integer NOT NULL,
	`log_limit` integer NOT NULL,
	`after_count` integer,
	`after_hours` integer,
	`escalation_policy_id` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `profile_notifications_once` ON `profile_notifications` (`profile_id`,`channel_id`);--> statement-breakpoint
CREATE INDEX `profile_notifications_channel` ON `profile_notifications` (`channel_id`);--> statement-breakpoint
CREATE TABLE `profiles` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`is_default` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `profiles_name` ON `profiles` (`name`);--> statement-breakpoint
CREATE TABLE `report_slots` (
	`owner_kind` text NOT NULL,
	`owner_id` text NOT NULL,
	`period` text NOT NULL,
	`next_at` integer NOT NULL,
	PRIMARY KEY(`owner_kind`, `owner_id`, `period`)
);
--> statement-breakpoint
CREATE INDEX `report_slots_next` ON `report_slots` (`next_at`);--> statement-breakpoint
CREATE TABLE `routes` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`enabled` integer NOT NULL,
	`position` integer NOT NULL,
	`match` text NOT NULL,
	`conditions` text NOT NULL,
	`channel_ids` text NOT NULL,
	`escalation_policy_id` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `routes_name` ON `routes` (`name`);--> statement-breakpoint
CREATE TABLE `silences` (
	`id` text PRIMARY KEY NOT NULL,
	`reason` text NOT NULL,
	`match` text NOT NULL,
	`conditions` text NOT NULL,
	`starts_at` integer NOT NULL,
	`ends_at` integer,
	`recurring` text,
	`effect` text NOT NULL,
	`created_by` text,
	`created_by_name` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `silences_ends` ON `silences` (`ends_at`);--> statement-breakpoint
ALTER TABLE `alerts` ADD `snoozed_until` integer;--> statement-breakpoint
ALTER TABLE `alerts` ADD `snoozed_by` text;--> statement-breakpoint
ALTER TABLE `alerts` ADD `unheard_from` integer;--> statement-breakpoint
ALTER TABLE `alerts` ADD `fallback_at` integer;--> statement-breakpoint
CREATE INDEX `alerts_active_last` ON `alerts` (`last_at`,`id`) WHERE status <> 'resolved';--> statement-breakpoint
CREATE INDEX `alerts_resolved_last` ON `alerts` (`last_at`,`id`) WHERE status = 'resolved';--> statement-breakpoint
CREATE INDEX `alerts_unheard` ON `alerts` (`unheard_from`) WHERE unheard_from is not null;--> statement-breakpoint
CREATE INDEX `alerts_snoozed` ON `alerts` (`snoozed_until`) WHERE snoozed_until is not null;--> statement-breakpoint
ALTER TABLE `channels` ADD `quiet_hours` text;--> statement-breakpoint
ALTER TABLE `channels` ADD `reports` text;--> statement-breakpoint
ALTER TABLE `job_notifications` ADD `after_count` integer;--> statement-breakpoint
ALTER TABLE `job_notifications` ADD `after_hours` integer;--> statement-breakpoint
ALTER TABLE `job_notifications` ADD `escalation_policy_id` text;--> statement-breakpoint
ALTER TABLE `jobs` ADD `profile_id` text;--> statement-breakpoint
CREATE INDEX `jobs_profile` ON `jobs` (`profile_id`);--> statement-breakpoint
ALTER TABLE `users` ADD `inbox` text;--> statement-breakpoint
ALTER TABLE `users` ADD `quiet_hours` text;--> statement-breakpoint
ALTER TABLE `users` ADD `reports` text;--> statement-breakpoint
CREATE INDEX `events_inbox` ON `events` (`id`) WHERE alert_id is null and is_test = 0;