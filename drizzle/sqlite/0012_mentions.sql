ALTER TABLE `job_notifications` ADD `mentions` text;--> statement-breakpoint
ALTER TABLE `profile_notifications` ADD `mentions` text;