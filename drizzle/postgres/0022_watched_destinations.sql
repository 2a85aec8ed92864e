ALTER TABLE "artifacts" ADD COLUMN "reread_at" bigint;--> statement-breakpoint
ALTER TABLE "artifacts" ADD COLUMN "damage" text;--> statement-breakpoint
ALTER TABLE "destinations" ADD COLUMN "watch" json;