ALTER TABLE `syncs` ADD `repository_id` text;--> statement-breakpoint
ALTER TABLE `syncs` ADD `exclude` text DEFAULT '[]' NOT NULL;