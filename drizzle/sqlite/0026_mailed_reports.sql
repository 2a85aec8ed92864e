ALTER TABLE `signals` ADD `repeat_key` text;--> statement-breakpoint
CREATE UNIQUE INDEX `signals_repeat` ON `signals` (`job_id`,`repeat_key`) WHERE repeat_key is not null;