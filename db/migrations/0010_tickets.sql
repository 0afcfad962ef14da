CREATE TABLE "flow_tickets" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"flow_id" text NOT NULL,
	"workspace_id" text NOT NULL,
	"session_id" text,
	"api_key_id" text,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "flow_tickets" ADD CONSTRAINT "flow_tickets_flow_id_flows_id_fk" FOREIGN KEY ("flow_id") REFERENCES "public"."flows"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "flow_tickets" ADD CONSTRAINT "flow_tickets_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "flow_tickets" ADD CONSTRAINT "flow_tickets_session_id_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."session"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "flow_tickets" ADD CONSTRAINT "flow_tickets_api_key_id_api_keys_id_fk" FOREIGN KEY ("api_key_id") REFERENCES "public"."api_keys"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "flow_tickets_expiry" ON "flow_tickets" USING btree ("expires_at");