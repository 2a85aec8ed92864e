ALTER TABLE `clients` ADD `disk_thresholds` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `repositories` ADD `threshold` text;