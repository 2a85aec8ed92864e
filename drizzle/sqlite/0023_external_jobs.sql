CREATE TABLE `job_receivers` (
	`job_id` text PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`uuid_hash` text NOT NULL,
	`secrets` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `job_receivers_token` ON `job_receivers` (`token_hash`);--> statement-breakpoint
CREATE UNIQUE INDEX `job_receivers_uuid` ON `job_receivers` (`uuid_hash`);--> statement-breakpoint
CREATE TABLE `signals` (
	`id` text PRIMARY KEY NOT NULL,
	`job_id` text NOT NULL,
	`receiver` text NOT NULL,
	`state` text NOT NULL,
	`run_key` text,
	`at` integer NOT NULL,
	`started_at` integer,
	`finished_at` integer,
	`duration_ms` integer,
	`bytes` integer,
	`files` integer,
	`exit_code` integer,
	`found` text,
	`message` text,
	`log` text,
	`method` text NOT NULL,
	`user_agent` text,
	`address` text,
	`run_id` text,
	`folded_at` integer
);
--> statement-breakpoint
CREATE INDEX `signals_job` ON `signals` (`job_id`,`id`);--> statement-breakpoint
CREATE INDEX `signals_run` ON `signals` (`run_id`) WHERE run_id is not null;--> statement-breakpoint
CREATE INDEX `signals_open` ON `signals` (`id`) WHERE folded_at is null;--> statement-breakpoint
CREATE INDEX `signals_at` ON `signals` (`at`);--> statement-breakpoint
ALTER TABLE `jobs` ADD `period_minutes` integer;--> statement-breakpoint
ALTER TABLE `jobs` ADD `on_calendar` text;--> statement-breakpoint
ALTER TABLE `jobs` ADD `methods` text;--> statement-breakpoint
ALTER TABLE `jobs` ADD `keywords` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `run_key` text;--> statement-breakpoint
CREATE INDEX `runs_reported` ON `runs` (`job_id`) WHERE status = 'running' and executor = 'external';