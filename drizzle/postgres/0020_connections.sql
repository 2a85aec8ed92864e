CREATE TABLE "connections" (
	"endpoint_id" text PRIMARY KEY NOT NULL,
	"misses" integer NOT NULL,
	"missing_since" bigint,
	"problem" text,
	"version" text,
	"checked_at" bigint NOT NULL
);
