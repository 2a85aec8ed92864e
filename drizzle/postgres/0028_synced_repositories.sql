ALTER TABLE "syncs" ADD COLUMN "repository_id" text;--> statement-breakpoint
ALTER TABLE "syncs" ADD COLUMN "exclude" json DEFAULT '[]'::json NOT NULL;