ALTER TABLE "jobs" ADD COLUMN "overdue_after_hours" integer;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "enabled_at" bigint;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "slow_at" bigint;--> statement-breakpoint
CREATE INDEX "runs_made" ON "runs" USING btree ("job_id","id") WHERE kind = 'backup' and status in ('success', 'warning');