CREATE TABLE "audit_heads" (
	"chain" text PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL,
	"hash" "bytea" NOT NULL
);
--> statement-breakpoint
ALTER TABLE "audit" ADD COLUMN "seq" bigint;--> statement-breakpoint
ALTER TABLE "audit" ADD COLUMN "hash" "bytea";--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "traceparent" text;--> statement-breakpoint
ALTER TABLE "workers" ADD COLUMN "figures" jsonb;--> statement-breakpoint
ALTER TABLE "workers" ADD COLUMN "job_workers" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
CREATE INDEX "audit_chain" ON "audit" USING btree ("workspace_id","seq");--> statement-breakpoint
CREATE INDEX "runs_finished" ON "runs" USING btree ("workspace_id","finished_at") WHERE finished_at is not null;