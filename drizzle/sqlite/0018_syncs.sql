CREATE TABLE `synced_files` (
	`sync_id` text NOT NULL,
	`path` text NOT NULL,
	`bytes` integer NOT NULL,
	`stamp` text NOT NULL,
	`sha256` text NOT NULL,
	`mark` text NOT NULL,
	`missing_since` integer,
	PRIMARY KEY(`sync_id`, `path`)
);
--> statement-breakpoint
CREATE INDEX `synced_files_missing` ON `synced_files` (`sync_id`,`path`) WHERE missing_since is not null;--> statement-breakpoint
CREATE TABLE `syncs` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`path` text NOT NULL,
	`mounts` text,
	`destination_id` text NOT NULL,
	`folder` text NOT NULL,
	`cron` text,
	`timezone` text,
	`after_job_id` text,
	`after_run_id` text,
	`delete_removed` integer NOT NULL,
	`enabled` integer NOT NULL,
	`time_limit_minutes` integer,
	`next_run_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `syncs_name` ON `syncs` (`name`);--> statement-breakpoint
CREATE UNIQUE INDEX `syncs_folder` ON `syncs` (`destination_id`,`folder`);--> statement-breakpoint
CREATE INDEX `syncs_due` ON `syncs` (`next_run_at`);--> statement-breakpoint
ALTER TABLE `runs` ADD `sync_id` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `deleted` integer;--> statement-breakpoint
CREATE INDEX `runs_sync` ON `runs` (`sync_id`,`id`) WHERE sync_id is not null;