import 'server-only';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { allows } from '#db/access';
import { getComponent, workspaceIndex } from '#db/components';
import { requireAccess } from '../../../_server/access';
import { serverContext } from '../../../_server/context';

/** What every tab of a component needs, read once per request. */
export const componentPage = cache(async (id: string) => {
  const access = await requireAccess();
  const { database } = serverContext();
  const found = await getComponent(database, access, id);
  if (!found.ok) notFound();
  const index = await workspaceIndex(database.db, access.workspaceId);
  return {
    access, database, component: found.component,
    flows: index.flows.filter((flow) => flow.componentId === id).toSorted((a, b) => a.name.localeCompare(b.name)),
    others: index.components.map(({ id: other, title }) => ({ id: other, title })).toSorted((a, b) => a.title.localeCompare(b.title)),
    can: { write: allows(access.role, 'entries.write'), run: allows(access.role, 'runs.start'), edit: allows(access.role, 'components.edit'), editFlows: allows(access.role, 'flows.edit') },
  };
});

export type ComponentParams = { params: Promise<{ id: string }> };
