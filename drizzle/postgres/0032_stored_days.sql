CREATE TABLE "stored_days" (
	"location_id" text NOT NULL,
	"job_id" text NOT NULL,
	"day" bigint NOT NULL,
	"bytes" bigint NOT NULL,
	"counted_at" bigint NOT NULL,
	CONSTRAINT "stored_days_location_id_day_job_id_pk" PRIMARY KEY("location_id","day","job_id")
);
