ALTER TABLE "jobs" ADD COLUMN "hooks" json;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "reason_code" text;