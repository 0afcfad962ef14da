ALTER TABLE "schedule_ticks" ADD COLUMN "settled" boolean DEFAULT false NOT NULL;--> statement-breakpoint
UPDATE "schedule_ticks" SET "settled" = true;--> statement-breakpoint
CREATE INDEX "schedule_ticks_open" ON "schedule_ticks" USING btree ("schedule_id") WHERE outcome = 'run' and not settled;