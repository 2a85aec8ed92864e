ALTER TABLE "channels" ADD COLUMN "min_severity" text;--> statement-breakpoint
ALTER TABLE "channels" ADD COLUMN "muted_until" bigint;--> statement-breakpoint
ALTER TABLE "channels" ADD COLUMN "rate_limit" json;--> statement-breakpoint
ALTER TABLE "channels" ADD COLUMN "texts" json;--> statement-breakpoint
ALTER TABLE "job_notifications" ADD COLUMN "sound" text;--> statement-breakpoint
ALTER TABLE "job_notifications" ADD COLUMN "outcomes" json;