-- What drizzle's schema cannot say: the partitioned event log, append-only triggers, fillfactor, trigram search.
DROP TABLE "run_events";
--> statement-breakpoint
CREATE TABLE "run_events" (
  "run_id" uuid NOT NULL,
  "seq" integer NOT NULL,
  "type" text NOT NULL,
  "version" integer DEFAULT 1 NOT NULL,
  "step_id" text,
  "attempt" integer,
  "iteration" integer,
  "fence" integer DEFAULT 0 NOT NULL,
  "at" timestamp (3) with time zone NOT NULL,
  "xid" xid8 DEFAULT pg_current_xact_id() NOT NULL,
  "gpos" bigint GENERATED ALWAYS AS IDENTITY,
  "data" jsonb NOT NULL,
  "blob" bytea,
  "hash" bytea NOT NULL,
  CONSTRAINT "run_events_pk" PRIMARY KEY ("run_id", "seq")
) PARTITION BY RANGE ("run_id");
--> statement-breakpoint
CREATE TABLE "run_events_default" PARTITION OF "run_events" DEFAULT;
--> statement-breakpoint
CREATE INDEX "run_events_tail" ON "run_events" ("xid", "gpos");
--> statement-breakpoint
ALTER TABLE "run_slots" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);
--> statement-breakpoint
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER "run_events_append_only" BEFORE UPDATE ON "run_events" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "flow_updates_append_only" BEFORE UPDATE ON "flow_updates" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "flow_changes_append_only" BEFORE UPDATE ON "flow_changes" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "flow_versions_append_only" BEFORE UPDATE ON "flow_versions" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "audit_append_only" BEFORE UPDATE ON "audit" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX "runs_search" ON "runs" USING gin ("search_text" gin_trgm_ops);
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'pg_trgm is not to be had here: text search over runs goes without its index (%)', SQLERRM;
END $$;
