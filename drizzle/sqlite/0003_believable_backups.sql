ALTER TABLE `artifacts` ADD `installation_id` text;--> statement-breakpoint
ALTER TABLE `artifacts` ADD `raw_bytes` integer;--> statement-breakpoint
ALTER TABLE `artifacts` ADD `contents` text;--> statement-breakpoint
ALTER TABLE `artifacts` ADD `suspicion` text;--> statement-breakpoint
ALTER TABLE `artifacts` ADD `accepted_at` integer;--> statement-breakpoint
ALTER TABLE `artifacts` ADD `accepted_by` text;--> statement-breakpoint
ALTER TABLE `artifacts` ADD `proven_at` integer;--> statement-breakpoint
ALTER TABLE `artifacts` ADD `proof_error` text;--> statement-breakpoint
ALTER TABLE `destinations` ADD `mounts` text;--> statement-breakpoint
ALTER TABLE `jobs` ADD `least_bytes_percent` integer DEFAULT 20 NOT NULL;--> statement-breakpoint
ALTER TABLE `jobs` ADD `least_items_percent` integer DEFAULT 50 NOT NULL;--> statement-breakpoint
ALTER TABLE `jobs` ADD `may_be_empty` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `jobs` ADD `restore_test_days` integer;--> statement-breakpoint
ALTER TABLE `runs` ADD `artifact_path` text;--> statement-breakpoint
ALTER TABLE `sources` ADD `mounts` text;