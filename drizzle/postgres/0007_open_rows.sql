DROP INDEX "alerts_open";--> statement-breakpoint
DROP INDEX "deliveries_in_hand";--> statement-breakpoint
CREATE INDEX "alerts_open" ON "alerts" USING btree ("id") WHERE status <> 'resolved';--> statement-breakpoint
CREATE INDEX "deliveries_in_hand" ON "deliveries" USING btree ("kind","status","due_at") WHERE status in ('pending', 'sending');