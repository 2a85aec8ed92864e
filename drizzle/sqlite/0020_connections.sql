CREATE TABLE `connections` (
	`endpoint_id` text PRIMARY KEY NOT NULL,
	`misses` integer NOT NULL,
	`missing_since` integer,
	`problem` text,
	`version` text,
	`checked_at` integer NOT NULL
);
