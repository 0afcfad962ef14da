import { eq } from 'drizzle-orm';
import { storedDefinition } from '#flow/canonical';
import type { ComponentModel } from '#flow/component-model';
import type { Result } from '#flow/failure';
import type { FlowDefinition } from '#flow/flow';
import type { WorkspaceIndex } from '#flow/workspace-index';
import { allows, type Access } from './access';
import type { Database } from './client';
import { missingComponent, workspaceIndex } from './components';
import { findFlow } from './flows';
import { permitted } from './permitted';
import { flowVersions } from './schema';

/** What an editor needs besides the document: what steps may refer to, what is published, and what this person may do. */
export type Surroundings = {
  component: ComponentModel; index: WorkspaceIndex;
  published: { number: number; definition: FlowDefinition } | null;
  rights: { edit: boolean; run: boolean; control: boolean; publish: boolean; lend: boolean };
};

export async function surroundingsOf(database: Database, access: Access, flowId: string): Promise<Result<Surroundings>> {
  return permitted(access, 'workspace.read', async () => {
    const { db } = database;
    const { componentId, publishedVersionId } = await findFlow(db, access.workspaceId, flowId);
    const [index, versions] = await Promise.all([
      workspaceIndex(db, access.workspaceId),
      publishedVersionId === null ? [] : db.select({ number: flowVersions.number, definition: flowVersions.definition }).from(flowVersions).where(eq(flowVersions.id, publishedVersionId)),
    ]);
    const component = index.components.find((each) => each.id === componentId) ?? missingComponent(componentId);
    const [version] = versions;
    return {
      component, index,
      published: version && version.number !== null ? { number: version.number, definition: storedDefinition(version.definition) } : null,
      rights: {
        edit: allows(access.role, 'flows.edit'), run: allows(access.role, 'runs.start'), control: allows(access.role, 'runs.control'),
        publish: allows(access.role, 'flows.publish'), lend: allows(access.role, 'people.manage'),
      },
    };
  });
}
