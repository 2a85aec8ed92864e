CREATE TABLE "repositories" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"location" text NOT NULL,
	"encryption" text NOT NULL,
	"secrets" text,
	"host_key" text,
	"mounts" json,
	"check_cron" text,
	"compact_cron" text,
	"prune_cron" text,
	"timezone" text,
	"retention" json,
	"compacts_after_prune" boolean NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "repository_slots" (
	"repository_id" text NOT NULL,
	"task" text NOT NULL,
	"cron" text NOT NULL,
	"timezone" text,
	"next_at" bigint NOT NULL,
	CONSTRAINT "repository_slots_repository_id_task_pk" PRIMARY KEY("repository_id","task")
);
--> statement-breakpoint
CREATE TABLE "repository_states" (
	"repository_id" text PRIMARY KEY NOT NULL,
	"archives" integer NOT NULL,
	"original_bytes" bigint,
	"compressed_bytes" bigint,
	"deduplicated_bytes" bigint,
	"read_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "artifacts" ADD COLUMN "repository_id" text;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "repository_id" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "repository_id" text;--> statement-breakpoint
CREATE UNIQUE INDEX "repositories_name" ON "repositories" USING btree ("name");--> statement-breakpoint
CREATE UNIQUE INDEX "repositories_location" ON "repositories" USING btree ("location");--> statement-breakpoint
CREATE INDEX "repository_slots_next" ON "repository_slots" USING btree ("next_at");--> statement-breakpoint
CREATE INDEX "jobs_repository" ON "jobs" USING btree ("repository_id") WHERE repository_id is not null;--> statement-breakpoint
CREATE INDEX "runs_repository" ON "runs" USING btree ("repository_id","id") WHERE repository_id is not null;