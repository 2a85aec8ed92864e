ALTER TABLE "signals" ADD COLUMN "repeat_key" text;--> statement-breakpoint
CREATE UNIQUE INDEX "signals_repeat" ON "signals" USING btree ("job_id","repeat_key") WHERE repeat_key is not null;