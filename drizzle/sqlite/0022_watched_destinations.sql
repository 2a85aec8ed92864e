ALTER TABLE `artifacts` ADD `reread_at` integer;--> statement-breakpoint
ALTER TABLE `artifacts` ADD `damage` text;--> statement-breakpoint
ALTER TABLE `destinations` ADD `watch` text;