CREATE TABLE `stored_days` (
	`location_id` text NOT NULL,
	`job_id` text NOT NULL,
	`day` integer NOT NULL,
	`bytes` integer NOT NULL,
	`counted_at` integer NOT NULL,
	PRIMARY KEY(`location_id`, `day`, `job_id`)
);
