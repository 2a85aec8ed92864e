ALTER TABLE `jobs` ADD `hooks` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `reason_code` text;