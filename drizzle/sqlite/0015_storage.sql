CREATE TABLE `storage_samples` (
	`location_id` text NOT NULL,
	`hour` integer NOT NULL,
	`used_bytes` integer NOT NULL,
	`free_bytes` integer NOT NULL,
	PRIMARY KEY(`location_id`, `hour`)
);
--> statement-breakpoint
CREATE TABLE `storage_usage` (
	`location_id` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`used_bytes` integer,
	`free_bytes` integer,
	`problem` text,
	`checked_at` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `destinations` ADD `threshold` text;