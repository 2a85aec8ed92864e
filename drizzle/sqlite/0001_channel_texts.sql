ALTER TABLE `channels` ADD `min_severity` text;--> statement-breakpoint
ALTER TABLE `channels` ADD `muted_until` integer;--> statement-breakpoint
ALTER TABLE `channels` ADD `rate_limit` text;--> statement-breakpoint
ALTER TABLE `channels` ADD `texts` text;--> statement-breakpoint
ALTER TABLE `job_notifications` ADD `sound` text;--> statement-breakpoint
ALTER TABLE `job_notifications` ADD `outcomes` text;