ALTER TABLE `channel_states` ADD `queue_token` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `lease_token` integer;