CREATE TABLE "notifications" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"user_id" text NOT NULL,
	"kind" text NOT NULL,
	"channel" text DEFAULT 'inApp' NOT NULL,
	"subject" jsonb NOT NULL,
	"body" jsonb NOT NULL,
	"link" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"status" text DEFAULT 'sent' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"read_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "instance_transitions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "instance_transitions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"instance_id" text NOT NULL,
	"attempt" integer NOT NULL,
	"from_state" text,
	"to_state" text NOT NULL,
	"run_id" uuid,
	"step_id" text,
	"actor" jsonb,
	"reason" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "task_recipients" (
	"task_id" text NOT NULL,
	"user_id" text NOT NULL,
	CONSTRAINT "task_recipients_task_id_user_id_pk" PRIMARY KEY("task_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "tasks" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"run_id" uuid NOT NULL,
	"step_id" text NOT NULL,
	"iteration" integer DEFAULT 0 NOT NULL,
	"instance_id" text,
	"flow_id" text NOT NULL,
	"component_id" text NOT NULL,
	"entry_id" integer,
	"question" jsonb NOT NULL,
	"options" jsonb NOT NULL,
	"locked_fields" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"due_at" timestamp (3) with time zone,
	"answer" jsonb,
	"answered_by" text,
	"answered_by_name" text,
	"answered_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "instances" ADD COLUMN "moved_by" jsonb;--> statement-breakpoint
ALTER TABLE "instances" ADD COLUMN "moved_run" uuid;--> statement-breakpoint
ALTER TABLE "instances" ADD COLUMN "moved_step" text;--> statement-breakpoint
ALTER TABLE "instances" ADD COLUMN "moved_reason" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "instance_transitions" ADD CONSTRAINT "instance_transitions_instance_id_instances_id_fk" FOREIGN KEY ("instance_id") REFERENCES "public"."instances"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_recipients" ADD CONSTRAINT "task_recipients_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_recipients" ADD CONSTRAINT "task_recipients_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "notifications_user" ON "notifications" USING btree ("workspace_id","user_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "notifications_age" ON "notifications" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "instance_transitions_instance" ON "instance_transitions" USING btree ("instance_id","id");--> statement-breakpoint
CREATE INDEX "task_recipients_user" ON "task_recipients" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "tasks_wait" ON "tasks" USING btree ("run_id","step_id","iteration");--> statement-breakpoint
CREATE INDEX "tasks_workspace" ON "tasks" USING btree ("workspace_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "tasks_entry" ON "tasks" USING btree ("component_id","entry_id");
--> statement-breakpoint
CREATE FUNCTION "record_instance_transition"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "instance_transitions" ("instance_id", "attempt", "from_state", "to_state", "run_id", "step_id", "actor", "reason", "at")
  VALUES (NEW."id", NEW."attempt", CASE WHEN TG_OP = 'UPDATE' THEN OLD."state" END, NEW."state", NEW."moved_run", NEW."moved_step", NEW."moved_by", NEW."moved_reason", clock_timestamp());
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "instances_started" AFTER INSERT ON "instances" FOR EACH ROW EXECUTE FUNCTION "record_instance_transition"();
--> statement-breakpoint
CREATE TRIGGER "instances_moved" AFTER UPDATE ON "instances" FOR EACH ROW WHEN (OLD."state" IS DISTINCT FROM NEW."state") EXECUTE FUNCTION "record_instance_transition"();
--> statement-breakpoint
CREATE TRIGGER "instance_transitions_append_only" BEFORE UPDATE ON "instance_transitions" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
