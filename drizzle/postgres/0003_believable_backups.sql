ALTER TABLE "artifacts" ADD COLUMN "installation_id" text;--> statement-breakpoint
ALTER TABLE "artifacts" ADD COLUMN "raw_bytes" bigint;--> statement-breakpoint
ALTER TABLE "artifacts" ADD COLUMN "contents" json;--> statement-breakpoint
ALTER TABLE "artifacts" ADD COLUMN "suspicion" text;--> statement-breakpoint
ALTER TABLE "artifacts" ADD COLUMN "accepted_at" bigint;--> statement-breakpoint
ALTER TABLE "artifacts" ADD COLUMN "accepted_by" text;--> statement-breakpoint
ALTER TABLE "artifacts" ADD COLUMN "proven_at" bigint;--> statement-breakpoint
ALTER TABLE "artifacts" ADD COLUMN "proof_error" text;--> statement-breakpoint
ALTER TABLE "destinations" ADD COLUMN "mounts" json;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "least_bytes_percent" integer DEFAULT 20 NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "least_items_percent" integer DEFAULT 50 NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "may_be_empty" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "restore_test_days" integer;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "artifact_path" text;--> statement-breakpoint
ALTER TABLE "sources" ADD COLUMN "mounts" json;