CREATE TABLE "flow_checkpoints" (
	"id" text PRIMARY KEY NOT NULL,
	"flow_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"name" text NOT NULL,
	"created_by" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "flow_seen" (
	"flow_id" text NOT NULL,
	"user_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "flow_seen_flow_id_user_id_pk" PRIMARY KEY("flow_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "comment_reads" (
	"thread_id" text NOT NULL,
	"user_id" text NOT NULL,
	"pos" bigint NOT NULL,
	CONSTRAINT "comment_reads_thread_id_user_id_pk" PRIMARY KEY("thread_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "comments" (
	"id" text PRIMARY KEY NOT NULL,
	"pos" bigint GENERATED ALWAYS AS IDENTITY (sequence name "comments_pos_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"flow_id" text NOT NULL,
	"thread_id" text NOT NULL,
	"step_id" text,
	"param" text,
	"run_id" text,
	"run_seq" integer,
	"text" text NOT NULL,
	"mentions" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"author_id" text,
	"author_name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"edited_at" timestamp (3) with time zone,
	"resolved_at" timestamp (3) with time zone,
	"resolved_by" text,
	"deleted_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "flow_checkpoints" ADD CONSTRAINT "flow_checkpoints_flow_id_flows_id_fk" FOREIGN KEY ("flow_id") REFERENCES "public"."flows"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "flow_seen" ADD CONSTRAINT "flow_seen_flow_id_flows_id_fk" FOREIGN KEY ("flow_id") REFERENCES "public"."flows"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "flow_seen" ADD CONSTRAINT "flow_seen_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comment_reads" ADD CONSTRAINT "comment_reads_thread_id_comments_id_fk" FOREIGN KEY ("thread_id") REFERENCES "public"."comments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comment_reads" ADD CONSTRAINT "comment_reads_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_flow_id_flows_id_fk" FOREIGN KEY ("flow_id") REFERENCES "public"."flows"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "flow_checkpoints_flow" ON "flow_checkpoints" USING btree ("flow_id","seq");--> statement-breakpoint
CREATE INDEX "comments_flow" ON "comments" USING btree ("flow_id","pos");--> statement-breakpoint
CREATE INDEX "comments_thread" ON "comments" USING btree ("thread_id","pos");--> statement-breakpoint
CREATE INDEX "comments_run" ON "comments" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "flow_changes_step" ON "flow_changes" USING btree ("flow_id","step_id","seq");