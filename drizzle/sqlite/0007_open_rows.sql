DROP INDEX `alerts_open`;--> statement-breakpoint
CREATE INDEX `alerts_open` ON `alerts` (`id`) WHERE status <> 'resolved';--> statement-breakpoint
DROP INDEX `deliveries_in_hand`;--> statement-breakpoint
CREATE INDEX `deliveries_in_hand` ON `deliveries` (`kind`,`status`,`due_at`) WHERE status in ('pending', 'sending');