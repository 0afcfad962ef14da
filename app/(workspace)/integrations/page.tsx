import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { allows } from '#db/access';
import { listConnectors, mostConnectors } from '#db/connectors';
import { listEndpoints, mostEndpoints } from '#db/endpoints';
import { listSystems, mostSystems } from '#db/integrations';
import { requireAccess } from '../../_server/access';
import { serverContext } from '../../_server/context';
import { Integrations } from './integrations';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('integrations'))('title') };
}

export default async function IntegrationsPage() {
  const access = await requireAccess();
  if (!allows(access.role, 'integrations.manage')) notFound();
  const { database } = serverContext();
  const [systems, connectors, endpoints] = await Promise.all([
    listSystems(database, access, { limit: mostSystems }), listConnectors(database, access, { limit: mostConnectors }), listEndpoints(database, access, { limit: mostEndpoints }),
  ]);
  return <Integrations systems={systems.ok ? systems.items : []} connectors={connectors.ok ? connectors.items : []} endpoints={endpoints.ok ? endpoints.items : []} />;
}
