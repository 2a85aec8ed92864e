CREATE TABLE "client_states" (
	"client_id" text PRIMARY KEY NOT NULL,
	"status" text NOT NULL,
	"first_seen_at" bigint NOT NULL,
	"last_seen_at" bigint NOT NULL,
	"interval_seconds" integer NOT NULL,
	"hostname" text NOT NULL,
	"version" text NOT NULL,
	"uptime_seconds" integer,
	"disks" json NOT NULL,
	"offline_since" bigint,
	"reported_at" bigint
);
--> statement-breakpoint
CREATE TABLE "clients" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"token_hash" text NOT NULL,
	"hint" text NOT NULL,
	"interval_seconds" integer NOT NULL,
	"offline_after_minutes" integer,
	"intermittent" boolean NOT NULL,
	"muted" boolean NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"revoked_at" bigint
);
--> statement-breakpoint
CREATE INDEX "client_states_seen" ON "client_states" USING btree ("status","last_seen_at");--> statement-breakpoint
CREATE UNIQUE INDEX "clients_name" ON "clients" USING btree ("name");--> statement-breakpoint
CREATE UNIQUE INDEX "clients_token" ON "clients" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "alerts_clients" ON "alerts" USING btree ("subject_id","id") WHERE subject_kind = 'client';