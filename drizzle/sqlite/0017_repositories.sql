CREATE TABLE `repositories` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`location` text NOT NULL,
	`encryption` text NOT NULL,
	`secrets` text,
	`host_key` text,
	`mounts` text,
	`check_cron` text,
	`compact_cron` text,
	`prune_cron` text,
	`timezone` text,
	`retention` text,
	`compacts_after_prune` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `repositories_name` ON `repositories` (`name`);--> statement-breakpoint
CREATE UNIQUE INDEX `repositories_location` ON `repositories` (`location`);--> statement-breakpoint
CREATE TABLE `repository_slots` (
	`repository_id` text NOT NULL,
	`task` text NOT NULL,
	`cron` text NOT NULL,
	`timezone` text,
	`next_at` integer NOT NULL,
	PRIMARY KEY(`repository_id`, `task`)
);
--> statement-breakpoint
CREATE INDEX `repository_slots_next` ON `repository_slots` (`next_at`);--> statement-breakpoint
CREATE TABLE `repository_states` (
	`repository_id` text PRIMARY KEY NOT NULL,
	`archives` integer NOT NULL,
	`original_bytes` integer,
	`compressed_bytes` integer,
	`deduplicated_bytes` integer,
	`read_at` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `artifacts` ADD `repository_id` text;--> statement-breakpoint
ALTER TABLE `jobs` ADD `repository_id` text;--> statement-breakpoint
CREATE INDEX `jobs_repository` ON `jobs` (`repository_id`) WHERE repository_id is not null;--> statement-breakpoint
ALTER TABLE `runs` ADD `repository_id` text;--> statement-breakpoint
CREATE INDEX `runs_repository` ON `runs` (`repository_id`,`id`) WHERE repository_id is not null;