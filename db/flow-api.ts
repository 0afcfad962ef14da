import { eq } from 'drizzle-orm';
import { apiDefinition } from '#flow/api-definition';
import { storedDefinition } from '#flow/canonical';
import { fail, type Result } from '#flow/failure';
import type { JsonObject } from '#flow/json';
import { text } from '#flow/text';
import type { Access } from './access';
import type { Database } from './client';
import { findFlow, flowContext } from './flows';
import { permitted } from './permitted';
import { flowVersions } from './schema';

/** The OpenAPI document of the published version, where its flow says that it wants one. */
export async function flowApi(database: Database, access: Access, flowId: string, server: string): Promise<Result<{ document: JsonObject }>> {
  return permitted(access, 'workspace.read', async () => {
    const { db } = database;
    const flow = await findFlow(db, access.workspaceId, flowId);
    const [version] = flow.publishedVersionId === null ? [] : await db.select({ number: flowVersions.number, definition: flowVersions.definition }).from(flowVersions).where(eq(flowVersions.id, flow.publishedVersionId));
    if (!version) fail('NOT_PUBLISHED', text(`"${flow.name}" is not published. Publish it first.`, `« ${flow.name} » n’est pas publié. Publiez-le d’abord.`));
    const definition = storedDefinition(version.definition);
    if (definition.kind === 'workflow' || definition.settings?.generateApi !== true) {
      fail('STATE_INVALID', text(`The published version of "${flow.name}" generates no API definition. Switch it on in the flow’s menu (dataflows only) and publish.`, `La version publiée de « ${flow.name} » ne génère pas de définition d’API. Activez-la dans le menu du flux (flux de données seulement) et publiez.`));
    }
    return { document: apiDefinition({ definition, context: await flowContext(db, access.workspaceId, flow), flowId: flow.id, version: version.number ?? 0, server }) };
  });
}
