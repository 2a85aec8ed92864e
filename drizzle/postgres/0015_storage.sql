CREATE TABLE "storage_samples" (
	"location_id" text NOT NULL,
	"hour" bigint NOT NULL,
	"used_bytes" bigint NOT NULL,
	"free_bytes" bigint NOT NULL,
	CONSTRAINT "storage_samples_location_id_hour_pk" PRIMARY KEY("location_id","hour")
);
--> statement-breakpoint
CREATE TABLE "storage_usage" (
	"location_id" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"used_bytes" bigint,
	"free_bytes" bigint,
	"problem" text,
	"checked_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "destinations" ADD COLUMN "threshold" json;