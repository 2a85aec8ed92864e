ALTER TABLE "channel_states" ADD COLUMN "queue_token" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "lease_token" integer;