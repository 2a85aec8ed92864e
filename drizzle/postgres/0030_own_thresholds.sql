ALTER TABLE "clients" ADD COLUMN "disk_thresholds" json DEFAULT '[]'::json NOT NULL;--> statement-breakpoint
ALTER TABLE "repositories" ADD COLUMN "threshold" json;