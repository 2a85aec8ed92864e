CREATE TABLE "synced_files" (
	"sync_id" text NOT NULL,
	"path" text NOT NULL,
	"bytes" bigint NOT NULL,
	"stamp" text NOT NULL,
	"sha256" text NOT NULL,
	"mark" text NOT NULL,
	"missing_since" bigint,
	CONSTRAINT "synced_files_sync_id_path_pk" PRIMARY KEY("sync_id","path")
);
--> statement-breakpoint
CREATE TABLE "syncs" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"path" text NOT NULL,
	"mounts" json,
	"destination_id" text NOT NULL,
	"folder" text NOT NULL,
	"cron" text,
	"timezone" text,
	"after_job_id" text,
	"after_run_id" text,
	"delete_removed" boolean NOT NULL,
	"enabled" boolean NOT NULL,
	"time_limit_minutes" integer,
	"next_run_at" bigint,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "sync_id" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "deleted" integer;--> statement-breakpoint
CREATE INDEX "synced_files_missing" ON "synced_files" USING btree ("sync_id","path") WHERE missing_since is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "syncs_name" ON "syncs" USING btree ("name");--> statement-breakpoint
CREATE UNIQUE INDEX "syncs_folder" ON "syncs" USING btree ("destination_id","folder");--> statement-breakpoint
CREATE INDEX "syncs_due" ON "syncs" USING btree ("next_run_at");--> statement-breakpoint
CREATE INDEX "runs_sync" ON "runs" USING btree ("sync_id","id") WHERE sync_id is not null;