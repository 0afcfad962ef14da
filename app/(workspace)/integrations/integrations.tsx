'use client';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { ConnectorView } from '#db/connectors';
import type { EndpointView } from '#db/endpoints';
import type { SystemView } from '#db/integrations';
import { useChanges } from '../../_client/run-stream';
import { Button } from '../../_ui/button';
import { Empty } from '../../_ui/empty';
import { PageHead } from '../../_ui/page-head';
import type { Asked } from './asked';
import { ConnectorDialog } from './connector-dialog';
import { DeleteDialog } from './delete-dialog';
import { EndpointDialog } from './endpoint-dialog';
import { ImportDialog } from './import-dialog';
import { SystemDialog } from './system-dialog';
import { SystemSection } from './system-section';
import { TestDialog } from './test-dialog';

type Props = { systems: readonly SystemView[]; connectors: readonly ConnectorView[]; endpoints: readonly EndpointView[] };

/** Systems, their connectors, their endpoints; everything that changes them is a dialog. */
export function Integrations({ systems, connectors, endpoints }: Props) {
  const t = useTranslations('integrations');
  const router = useRouter();
  const [asked, setAsked] = useState<Asked | null>(null);
  useChanges([{ topic: 'integration' }], () => router.refresh());
  const close = () => {
    setAsked(null);
    router.refresh();
  };
  const make = <Button variant="primary" icon="plus" onClick={() => setAsked({ ask: 'system', system: null })}>{t('newSystem')}</Button>;
  return (
    <>
      <PageHead title={t('title')} count={systems.length} actions={make} />
      {systems.length === 0 && <Empty title={t('none')} why={t('noneWhy')} />}
      {systems.map((system) => <SystemSection key={system.id} system={system} connectors={connectors.filter((each) => each.systemId === system.id)} endpoints={endpoints} ask={setAsked} />)}
      {asked?.ask === 'system' && <SystemDialog system={asked.system} onClose={close} />}
      {asked?.ask === 'connector' && <ConnectorDialog system={asked.system} connector={asked.connector} onClose={close} />}
      {asked?.ask === 'endpoint' && <EndpointDialog connector={asked.connector} endpoint={asked.endpoint} onClose={close} />}
      {asked?.ask === 'import' && <ImportDialog connector={asked.connector} onClose={close} />}
      {asked?.ask === 'test' && <TestDialog connector={asked.connector} endpoint={asked.endpoint} onClose={close} />}
      {asked?.ask === 'delete' && <DeleteDialog {...asked} onClose={close} />}
    </>
  );
}
