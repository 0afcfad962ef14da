DROP INDEX "tasks_wait";--> statement-breakpoint
CREATE INDEX "tasks_run" ON "tasks" USING btree ("run_id","step_id");