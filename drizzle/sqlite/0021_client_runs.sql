ALTER TABLE `client_states` ADD `jobs` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `jobs` ADD `client_id` text;--> statement-breakpoint
ALTER TABLE `jobs` ADD `client_job` text;--> statement-breakpoint
CREATE INDEX `jobs_client` ON `jobs` (`client_id`) WHERE client_id is not null;--> statement-breakpoint
ALTER TABLE `runs` ADD `client_id` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `client_job` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `archive` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `reported_log_bytes` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `runs_client` ON `runs` (`client_id`) WHERE status in ('queued', 'running') and client_id is not null;