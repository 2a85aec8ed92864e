ALTER TABLE "client_states" ADD COLUMN "jobs" json DEFAULT '[]'::json NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "client_id" text;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "client_job" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "client_id" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "client_job" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "archive" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "reported_log_bytes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "jobs_client" ON "jobs" USING btree ("client_id") WHERE client_id is not null;--> statement-breakpoint
CREATE INDEX "runs_client" ON "runs" USING btree ("client_id") WHERE status in ('queued', 'running') and client_id is not null;