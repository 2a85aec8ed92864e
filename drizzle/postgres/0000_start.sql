CREATE TABLE "alerts" (
	"id" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"dedup_key" text NOT NULL,
	"status" text NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_id" text NOT NULL,
	"subject_name" text NOT NULL,
	"tone" text NOT NULL,
	"severity" text NOT NULL,
	"title" text NOT NULL,
	"message" text NOT NULL,
	"count" integer NOT NULL,
	"opened_at" bigint NOT NULL,
	"last_at" bigint NOT NULL,
	"acknowledged_at" bigint,
	"acknowledged_by" text,
	"resolved_at" bigint,
	"resolved_by" text
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"key_hash" text NOT NULL,
	"hint" text NOT NULL,
	"created_by" text,
	"created_at" bigint NOT NULL,
	"last_used_at" bigint,
	"revoked_at" bigint
);
--> statement-breakpoint
CREATE TABLE "artifacts" (
	"id" text PRIMARY KEY NOT NULL,
	"run_id" text NOT NULL,
	"job_id" text,
	"job_name" text NOT NULL,
	"destination_id" text NOT NULL,
	"destination_name" text NOT NULL,
	"source_kind" text NOT NULL,
	"compression" text NOT NULL,
	"path" text NOT NULL,
	"bytes" bigint NOT NULL,
	"sha256" text NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "attempts" (
	"delivery_id" text NOT NULL,
	"number" integer NOT NULL,
	"at" bigint NOT NULL,
	"latency_ms" integer NOT NULL,
	"outcome" text NOT NULL,
	"status" integer,
	"error" text,
	"advice" text,
	"answer" text,
	"retry_after_ms" integer,
	CONSTRAINT "attempts_delivery_id_number_pk" PRIMARY KEY("delivery_id","number")
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" text PRIMARY KEY NOT NULL,
	"at" bigint NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text,
	"actor_name" text NOT NULL,
	"address" text,
	"verb" text NOT NULL,
	"entity" text,
	"entity_id" text,
	"entity_name" text,
	"detail" json
);
--> statement-breakpoint
CREATE TABLE "channel_states" (
	"channel_id" text PRIMARY KEY NOT NULL,
	"health" text NOT NULL,
	"trouble_since" bigint,
	"failures" integer NOT NULL,
	"next_probe_at" bigint,
	"paused_until" bigint,
	"paused_since" bigint,
	"failing_since" bigint,
	"last_success_at" bigint,
	"last_error_at" bigint,
	"last_error" text,
	"lane_owner" text,
	"lane_until" bigint
);
--> statement-breakpoint
CREATE TABLE "channels" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"provider" text NOT NULL,
	"enabled" boolean NOT NULL,
	"config" json NOT NULL,
	"secrets" text,
	"subscriptions" json NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"event_id" text NOT NULL,
	"channel_id" text,
	"recipient" text NOT NULL,
	"user_id" text,
	"kind" text NOT NULL,
	"step" integer NOT NULL,
	"status" text NOT NULL,
	"alert_id" text,
	"order_key" text,
	"route" text NOT NULL,
	"row_id" text,
	"tell_recovery" boolean NOT NULL,
	"remind_hours" integer,
	"channel_name" text NOT NULL,
	"provider" text NOT NULL,
	"title" text NOT NULL,
	"tone" text NOT NULL,
	"severity" text NOT NULL,
	"notification" json,
	"text" json,
	"created_at" bigint NOT NULL,
	"due_at" bigint NOT NULL,
	"give_up_at" bigint NOT NULL,
	"lease_until" bigint,
	"attempt_count" integer NOT NULL,
	"last_attempt_at" bigint,
	"settled_at" bigint,
	"reason" text,
	"receipt" text,
	"payload" json,
	"folded_into" text,
	"folded_count" integer NOT NULL,
	"remaining" json
);
--> statement-breakpoint
CREATE TABLE "destinations" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"config" json NOT NULL,
	"secrets" text,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "events" (
	"id" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"at" bigint NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_id" text NOT NULL,
	"subject_name" text NOT NULL,
	"tone" text NOT NULL,
	"severity" text NOT NULL,
	"dedup_key" text,
	"alert_id" text,
	"job_id" text,
	"run_id" text,
	"is_test" boolean NOT NULL,
	"data" json NOT NULL,
	"notification" json NOT NULL,
	"api_key_id" text,
	"idempotency_key" text
);
--> statement-breakpoint
CREATE TABLE "invitations" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"token_hash" text NOT NULL,
	"expires_at" bigint NOT NULL,
	"used_at" bigint,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "job_destinations" (
	"job_id" text NOT NULL,
	"destination_id" text NOT NULL,
	"position" integer NOT NULL,
	CONSTRAINT "job_destinations_job_id_destination_id_pk" PRIMARY KEY("job_id","destination_id")
);
--> statement-breakpoint
CREATE TABLE "job_notifications" (
	"id" text PRIMARY KEY NOT NULL,
	"job_id" text NOT NULL,
	"channel_id" text NOT NULL,
	"position" integer NOT NULL,
	"condition" text NOT NULL,
	"states" json,
	"repeat" text NOT NULL,
	"remind_hours" integer,
	"tell_recovery" boolean NOT NULL,
	"title" text,
	"message" text,
	"priority" text,
	"tags" json,
	"include_log" boolean NOT NULL,
	"log_limit" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"slug" text NOT NULL,
	"kind" text NOT NULL,
	"source_id" text NOT NULL,
	"cron" text,
	"timezone" text,
	"enabled" boolean NOT NULL,
	"compression" text NOT NULL,
	"keep_last" integer NOT NULL,
	"time_limit_minutes" integer,
	"grace_minutes" integer NOT NULL,
	"retries" integer NOT NULL,
	"next_run_at" bigint,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "login_guards" (
	"key" text PRIMARY KEY NOT NULL,
	"user_id" text,
	"failures" integer NOT NULL,
	"last_failure_at" bigint NOT NULL,
	"locked_until" bigint
);
--> statement-breakpoint
CREATE TABLE "run_logs" (
	"run_id" text NOT NULL,
	"seq" integer NOT NULL,
	"at" bigint NOT NULL,
	"text" text NOT NULL,
	CONSTRAINT "run_logs_run_id_seq_pk" PRIMARY KEY("run_id","seq")
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"job_id" text,
	"name" text NOT NULL,
	"status" text NOT NULL,
	"trigger" text NOT NULL,
	"actor_name" text,
	"params" json NOT NULL,
	"queued_at" bigint NOT NULL,
	"due_at" bigint,
	"started_at" bigint,
	"finished_at" bigint,
	"not_before" bigint,
	"attempts" integer NOT NULL,
	"bytes" bigint,
	"files" integer,
	"error" text,
	"advice" text,
	"cancel_requested_at" bigint,
	"worker_id" text,
	"heartbeat_at" bigint,
	"event_id" text
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"key" text PRIMARY KEY NOT NULL,
	"value" json NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sources" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"config" json NOT NULL,
	"secrets" text,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"email_key" text NOT NULL,
	"role" text NOT NULL,
	"status" text NOT NULL,
	"password_hash" text,
	"session_version" integer NOT NULL,
	"timezone" text,
	"last_login_at" bigint,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_open_key" ON "alerts" USING btree ("dedup_key") WHERE status <> 'resolved';--> statement-breakpoint
CREATE INDEX "alerts_open" ON "alerts" USING btree ("last_at") WHERE status <> 'resolved';--> statement-breakpoint
CREATE INDEX "alerts_subject" ON "alerts" USING btree ("subject_kind","subject_id") WHERE status <> 'resolved';--> statement-breakpoint
CREATE INDEX "alerts_resolved_at" ON "alerts" USING btree ("resolved_at") WHERE status = 'resolved';--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_hash" ON "api_keys" USING btree ("key_hash");--> statement-breakpoint
CREATE INDEX "artifacts_job" ON "artifacts" USING btree ("job_id","id");--> statement-breakpoint
CREATE INDEX "artifacts_run" ON "artifacts" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "artifacts_destination" ON "artifacts" USING btree ("destination_id");--> statement-breakpoint
CREATE INDEX "audit_entity" ON "audit_log" USING btree ("entity","entity_id");--> statement-breakpoint
CREATE UNIQUE INDEX "channels_name" ON "channels" USING btree ("name");--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_once" ON "deliveries" USING btree ("event_id","channel_id","recipient","kind","step");--> statement-breakpoint
CREATE INDEX "deliveries_due" ON "deliveries" USING btree ("channel_id","id") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "deliveries_due_at" ON "deliveries" USING btree ("channel_id","due_at") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "deliveries_waiting" ON "deliveries" USING btree ("order_key","id") WHERE order_key is not null and status in ('pending', 'sending', 'held');--> statement-breakpoint
CREATE INDEX "deliveries_alert" ON "deliveries" USING btree ("alert_id") WHERE alert_id is not null;--> statement-breakpoint
CREATE INDEX "deliveries_status" ON "deliveries" USING btree ("status","id") WHERE status in ('dead', 'canceled', 'folded', 'held');--> statement-breakpoint
CREATE INDEX "deliveries_in_hand" ON "deliveries" USING btree ("id") WHERE status in ('pending', 'sending');--> statement-breakpoint
CREATE INDEX "deliveries_channel" ON "deliveries" USING btree ("channel_id","id");--> statement-breakpoint
CREATE INDEX "deliveries_settled" ON "deliveries" USING btree ("settled_at") WHERE settled_at is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "destinations_name" ON "destinations" USING btree ("name");--> statement-breakpoint
CREATE UNIQUE INDEX "events_idempotency" ON "events" USING btree ("api_key_id","idempotency_key") WHERE idempotency_key is not null;--> statement-breakpoint
CREATE INDEX "events_alert" ON "events" USING btree ("alert_id") WHERE alert_id is not null;--> statement-breakpoint
CREATE INDEX "events_job" ON "events" USING btree ("job_id","id") WHERE job_id is not null;--> statement-breakpoint
CREATE INDEX "events_run" ON "events" USING btree ("run_id") WHERE run_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "invitations_token" ON "invitations" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "invitations_user" ON "invitations" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "job_destinations_destination" ON "job_destinations" USING btree ("destination_id");--> statement-breakpoint
CREATE UNIQUE INDEX "job_notifications_once" ON "job_notifications" USING btree ("job_id","channel_id");--> statement-breakpoint
CREATE INDEX "job_notifications_channel" ON "job_notifications" USING btree ("channel_id");--> statement-breakpoint
CREATE UNIQUE INDEX "jobs_name" ON "jobs" USING btree ("name");--> statement-breakpoint
CREATE UNIQUE INDEX "jobs_slug" ON "jobs" USING btree ("slug");--> statement-breakpoint
CREATE INDEX "jobs_due" ON "jobs" USING btree ("next_run_at");--> statement-breakpoint
CREATE INDEX "runs_job" ON "runs" USING btree ("job_id","id");--> statement-breakpoint
CREATE INDEX "runs_open" ON "runs" USING btree ("status","queued_at") WHERE status in ('queued', 'running');--> statement-breakpoint
CREATE INDEX "runs_untold" ON "runs" USING btree ("finished_at") WHERE event_id is null;--> statement-breakpoint
CREATE INDEX "runs_finished" ON "runs" USING btree ("finished_at");--> statement-breakpoint
CREATE UNIQUE INDEX "sources_name" ON "sources" USING btree ("name");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email_key" ON "users" USING btree ("email_key");