ALTER TABLE `api_keys` ADD `created_by_name` text;--> statement-breakpoint
ALTER TABLE `api_keys` ADD `owner_id` text;--> statement-breakpoint
ALTER TABLE `api_keys` ADD `expires_at` integer;--> statement-breakpoint
CREATE INDEX `api_keys_owner` ON `api_keys` (`owner_id`);--> statement-breakpoint
UPDATE api_keys SET owner_id = created_by WHERE created_by LIKE 'usr%';--> statement-breakpoint
UPDATE api_keys SET owner_id = (SELECT maker.owner_id FROM api_keys AS maker WHERE maker.id = api_keys.created_by) WHERE owner_id IS NULL AND created_by LIKE 'key%';--> statement-breakpoint
UPDATE api_keys SET owner_id = (SELECT maker.owner_id FROM api_keys AS maker WHERE maker.id = api_keys.created_by) WHERE owner_id IS NULL AND created_by LIKE 'key%';--> statement-breakpoint
UPDATE api_keys SET owner_id = (SELECT maker.owner_id FROM api_keys AS maker WHERE maker.id = api_keys.created_by) WHERE owner_id IS NULL AND created_by LIKE 'key%';--> statement-breakpoint
UPDATE api_keys SET created_by_name = coalesce((SELECT min(audit_log.actor_name) FROM audit_log WHERE audit_log.entity = 'api_key' AND audit_log.entity_id = api_keys.id AND audit_log.verb = 'apiKeys.create'), (SELECT users.name FROM users WHERE users.id = api_keys.created_by));