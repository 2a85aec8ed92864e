ALTER TABLE `jobs` ADD `overdue_after_hours` integer;--> statement-breakpoint
ALTER TABLE `jobs` ADD `enabled_at` integer;--> statement-breakpoint
ALTER TABLE `runs` ADD `slow_at` integer;--> statement-breakpoint
CREATE INDEX `runs_made` ON `runs` (`job_id`,`id`) WHERE kind = 'backup' and status in ('success', 'warning');