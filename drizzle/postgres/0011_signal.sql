CREATE TABLE "escalation_policies" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"steps" json NOT NULL,
	"repeat" integer NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "inbox_reads" (
	"reader_id" text NOT NULL,
	"item_id" text NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "inbox_reads_reader_id_item_id_pk" PRIMARY KEY("reader_id","item_id")
);
--> statement-breakpoint
CREATE TABLE "inbox_watermarks" (
	"reader_id" text PRIMARY KEY NOT NULL,
	"read_up_to" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "labels" (
	"subject_kind" text NOT NULL,
	"subject_id" text NOT NULL,
	"key" text NOT NULL,
	"value" text NOT NULL,
	CONSTRAINT "labels_subject_kind_subject_id_key_pk" PRIMARY KEY("subject_kind","subject_id","key")
);
--> statement-breakpoint
CREATE TABLE "profile_notifications" (
	"id" text PRIMARY KEY NOT NULL,
	"profile_id" text NOT NULL,
	"channel_id" text NOT NULL,
	"position" integer NOT NULL,
	"condition" text NOT NULL,
	"states" json,
	"repeat" text NOT NULL,
	"remind_hours" integer,
	"notify_on_recovery" boolean NOT NULL,
	"title" text,
	"message" text,
	"show_facts" boolean,
	"priority" text,
	"tags" json,
	"sound" text,
	"outcomes" json,
	"include_log" boolean NOT NULL,
	"log_limit" integer NOT NULL,
	"after_count" integer,
	"after_hours" integer,
	"escalation_policy_id" text
);
--> statement-breakpoint
CREATE TABLE "profiles" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"is_default" boolean NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "report_slots" (
	"owner_kind" text NOT NULL,
	"owner_id" text NOT NULL,
	"period" text NOT NULL,
	"next_at" bigint NOT NULL,
	CONSTRAINT "report_slots_owner_kind_owner_id_period_pk" PRIMARY KEY("owner_kind","owner_id","period")
);
--> statement-breakpoint
CREATE TABLE "routes" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"enabled" boolean NOT NULL,
	"position" integer NOT NULL,
	"match" text NOT NULL,
	"conditions" json NOT NULL,
	"channel_ids" json NOT NULL,
	"escalation_policy_id" text,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "silences" (
	"id" text PRIMARY KEY NOT NULL,
	"reason" text NOT NULL,
	"match" text NOT NULL,
	"conditions" json NOT NULL,
	"starts_at" bigint NOT NULL,
	"ends_at" bigint,
	"recurring" json,
	"effect" text NOT NULL,
	"created_by" text,
	"created_by_name" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "alerts" ADD COLUMN "snoozed_until" bigint;--> statement-breakpoint
ALTER TABLE "alerts" ADD COLUMN "snoozed_by" text;--> statement-breakpoint
ALTER TABLE "alerts" ADD COLUMN "unheard_from" bigint;--> statement-breakpoint
ALTER TABLE "alerts" ADD COLUMN "fallback_at" bigint;--> statement-breakpoint
ALTER TABLE "channels" ADD COLUMN "quiet_hours" json;--> statement-breakpoint
ALTER TABLE "channels" ADD COLUMN "reports" json;--> statement-breakpoint
ALTER TABLE "job_notifications" ADD COLUMN "after_count" integer;--> statement-breakpoint
ALTER TABLE "job_notifications" ADD COLUMN "after_hours" integer;--> statement-breakpoint
ALTER TABLE "job_notifications" ADD COLUMN "escalation_policy_id" text;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "profile_id" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "inbox" json;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "quiet_hours" json;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "reports" json;--> statement-breakpoint
CREATE UNIQUE INDEX "escalation_policies_name" ON "escalation_policies" USING btree ("name");--> statement-breakpoint
CREATE INDEX "labels_value" ON "labels" USING btree ("key","value");--> statement-breakpoint
CREATE UNIQUE INDEX "profile_notifications_once" ON "profile_notifications" USING btree ("profile_id","channel_id");--> statement-breakpoint
CREATE INDEX "profile_notifications_channel" ON "profile_notifications" USING btree ("channel_id");--> statement-breakpoint
CREATE UNIQUE INDEX "profiles_name" ON "profiles" USING btree ("name");--> statement-breakpoint
CREATE INDEX "report_slots_next" ON "report_slots" USING btree ("next_at");--> statement-breakpoint
CREATE UNIQUE INDEX "routes_name" ON "routes" USING btree ("name");--> statement-breakpoint
CREATE INDEX "silences_ends" ON "silences" USING btree ("ends_at");--> statement-breakpoint
CREATE INDEX "alerts_active_last" ON "alerts" USING btree ("last_at","id") WHERE status <> 'resolved';--> statement-breakpoint
CREATE INDEX "alerts_resolved_last" ON "alerts" USING btree ("last_at","id") WHERE status = 'resolved';--> statement-breakpoint
CREATE INDEX "alerts_unheard" ON "alerts" USING btree ("unheard_from") WHERE unheard_from is not null;--> statement-breakpoint
CREATE INDEX "alerts_snoozed" ON "alerts" USING btree ("snoozed_until") WHERE snoozed_until is not null;--> statement-breakpoint
CREATE INDEX "events_inbox" ON "events" USING btree ("id") WHERE alert_id is null and not is_test;--> statement-breakpoint
CREATE INDEX "jobs_profile" ON "jobs" USING btree ("profile_id");