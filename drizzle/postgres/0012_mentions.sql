ALTER TABLE "job_notifications" ADD COLUMN "mentions" json;--> statement-breakpoint
ALTER TABLE "profile_notifications" ADD COLUMN "mentions" json;