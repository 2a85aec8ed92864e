CREATE TABLE "job_receivers" (
	"job_id" text PRIMARY KEY NOT NULL,
	"token_hash" text NOT NULL,
	"uuid_hash" text NOT NULL,
	"secrets" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "signals" (
	"id" text PRIMARY KEY NOT NULL,
	"job_id" text NOT NULL,
	"receiver" text NOT NULL,
	"state" text NOT NULL,
	"run_key" text,
	"at" bigint NOT NULL,
	"started_at" bigint,
	"finished_at" bigint,
	"duration_ms" bigint,
	"bytes" bigint,
	"files" integer,
	"exit_code" integer,
	"found" text,
	"message" text,
	"log" text,
	"method" text NOT NULL,
	"user_agent" text,
	"address" text,
	"run_id" text,
	"folded_at" bigint
);
--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "period_minutes" integer;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "on_calendar" text;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "methods" text;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "keywords" json;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "run_key" text;--> statement-breakpoint
CREATE UNIQUE INDEX "job_receivers_token" ON "job_receivers" USING btree ("token_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "job_receivers_uuid" ON "job_receivers" USING btree ("uuid_hash");--> statement-breakpoint
CREATE INDEX "signals_job" ON "signals" USING btree ("job_id","id");--> statement-breakpoint
CREATE INDEX "signals_run" ON "signals" USING btree ("run_id") WHERE run_id is not null;--> statement-breakpoint
CREATE INDEX "signals_open" ON "signals" USING btree ("id") WHERE folded_at is null;--> statement-breakpoint
CREATE INDEX "signals_at" ON "signals" USING btree ("at");--> statement-breakpoint
CREATE INDEX "runs_reported" ON "runs" USING btree ("job_id") WHERE status = 'running' and executor = 'external';