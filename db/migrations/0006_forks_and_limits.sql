ALTER TABLE "flows" ADD COLUMN "concurrency" integer;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "forked_from" uuid;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "forked_at_seq" integer;--> statement-breakpoint
CREATE INDEX "runs_forked" ON "runs" USING btree ("forked_from") WHERE forked_from is not null;