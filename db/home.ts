import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Access } from './access';
import type { Database } from './client';
import { permitted } from './permitted';
import { selectSummaries, summaryOf, type RunSummary } from './run-row';
import { flows, flowVersions, runs } from './schema';

/** What the first page tells of flows besides their names: the newest run of each, and which ask for the values of a form. */
export async function flowFacts(database: Database, access: Access) {
  return permitted(access, 'workspace.read', async (): Promise<{ latest: RunSummary[]; takesForm: string[] }> => {
    const mine = and(eq(flows.workspaceId, access.workspaceId), isNull(flows.deletedAt));
    const [latest, asking] = await Promise.all([
      selectSummaries(database.db).where(and(mine, inArray(runs.id, sql`(
        select newest.id from flows f cross join lateral (select r.id from runs r where r.flow_id = f.id order by r.id desc limit 1) newest where f.workspace_id = ${access.workspaceId})`))),
      database.db.select({ id: flows.id }).from(flows).innerJoin(flowVersions, eq(flowVersions.id, flows.publishedVersionId))
        .where(and(mine, sql`jsonb_path_exists(${flowVersions.definition}, '$.lanes[*].stages[*].steps[*] ? (@.type == "get-action-model")')`)),
    ]);
    return { latest: latest.map(summaryOf), takesForm: asking.map((each) => each.id) };
  });
}
