CREATE TABLE `client_states` (
	`client_id` text PRIMARY KEY NOT NULL,
	`status` text NOT NULL,
	`first_seen_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`interval_seconds` integer NOT NULL,
	`hostname` text NOT NULL,
	`version` text NOT NULL,
	`uptime_seconds` integer,
	`disks` text NOT NULL,
	`offline_since` integer,
	`reported_at` integer
);
--> statement-breakpoint
CREATE INDEX `client_states_seen` ON `client_states` (`status`,`last_seen_at`);--> statement-breakpoint
CREATE TABLE `clients` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`token_hash` text NOT NULL,
	`hint` text NOT NULL,
	`interval_seconds` integer NOT NULL,
	`offline_after_minutes` integer,
	`intermittent` integer NOT NULL,
	`muted` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `clients_name` ON `clients` (`name`);--> statement-breakpoint
CREATE UNIQUE INDEX `clients_token` ON `clients` (`token_hash`);--> statement-breakpoint
CREATE INDEX `alerts_clients` ON `alerts` (`subject_id`,`id`) WHERE subject_kind = 'client';