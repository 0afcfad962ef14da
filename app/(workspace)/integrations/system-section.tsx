'use client';
import { useTranslations } from 'next-intl';
import type { ConnectorView } from '#db/connectors';
import type { EndpointView } from '#db/endpoints';
import type { SystemView } from '#db/integrations';
import { Badge } from '../../_ui/badge';
import { Button } from '../../_ui/button';
import { DataTable } from '../../_ui/data-table';
import { Icon } from '../../_ui/icon';
import { IconButton } from '../../_ui/icon-button';
import { Menu } from '../../_ui/menu';
import type { Ask } from './asked';

type Props = { system: SystemView; connectors: readonly ConnectorView[]; endpoints: readonly EndpointView[]; ask: Ask };

export function SystemSection({ system, connectors, endpoints, ask }: Props) {
  const t = useTranslations('integrations');
  return (
    <section aria-label={system.name} className="border-b border-line py-5 last:border-b-0">
      <div className="flex items-start gap-3 px-5">
        <span className="mt-0.5 flex size-7 flex-none items-center justify-center rounded-2 bg-accent-soft text-accent-text"><Icon name="plug" size={16} /></span>
        <div className="min-w-0 flex-1">
          <h2 className="flex flex-wrap items-center gap-2 text-md font-strong">{system.name}{system.environment && <Badge>{system.environment}</Badge>}</h2>
          {system.baseUrl && <p className="mono truncate text-xs text-muted">{system.baseUrl}</p>}
          {system.description && <p className="max-w-160 text-xs text-muted">{system.description}</p>}
        </div>
        <Button icon="plus" onClick={() => ask({ ask: 'connector', system, connector: null })}>{t('newConnector')}</Button>
        <Menu align="end" trigger={<IconButton label={t('moreOf', { name: system.name })} icon="ellipsis" />} items={[
          { label: t('edit'), icon: 'pencil', onSelect: () => ask({ ask: 'system', system }) },
          { separator: true }, { label: t('delete'), icon: 'trash-2', danger: true, onSelect: () => ask({ ask: 'delete', kind: 'system', id: system.id, name: system.name }) },
        ]} />
      </div>
      {connectors.length === 0 && <p className="px-5 pt-3 pl-15 text-xs text-muted">{t('noConnectors')}</p>}
      {connectors.map((connector) => <ConnectorPart key={connector.id} system={system} connector={connector} endpoints={endpoints.filter((each) => each.connectorId === connector.id)} ask={ask} />)}
    </section>
  );
}

function ConnectorPart({ system, connector, endpoints, ask }: { system: SystemView; connector: ConnectorView; endpoints: readonly EndpointView[]; ask: Ask }) {
  const t = useTranslations('integrations');
  const auth = connector.settings?.auth.type ?? 'none';
  return (
    <div role="group" aria-label={connector.name} className="mx-5 mt-4 overflow-hidden rounded-3 border border-line">
      <div className="flex flex-wrap items-center gap-2 border-b border-line bg-sunken px-4 py-2">
        <h3 className="text-sm font-strong">{connector.name}</h3>
        <code className="mono min-w-0 truncate text-xs text-muted">{connector.baseUrl ?? t('noAddress')}</code>
        <Badge icon={auth === 'none' ? 'globe' : 'key'}>{t(`auth.${auth}`)}</Badge>
        {auth !== 'none' && !connector.hasCredential && <Badge tone="warning" icon="triangle-alert">{t('credentialMissing')}</Badge>}
        {connector.baseUrl === null && <Badge tone="warning" icon="triangle-alert">{t('noAddress')}</Badge>}
        {connector.settings?.allowPrivate && <Badge>{t('allowsPrivate')}</Badge>}
        {connector.settings?.ratePerSecond && <Badge>{t('perSecond', { rate: connector.settings.ratePerSecond })}</Badge>}
        <span className="ml-auto flex items-center gap-1">
          <Button size="sm" variant="ghost" icon="plus" onClick={() => ask({ ask: 'endpoint', connector, endpoint: null })}>{t('newEndpoint')}</Button>
          <Button size="sm" variant="ghost" icon="upload" onClick={() => ask({ ask: 'import', connector })}>{t('import')}</Button>
          <Menu align="end" trigger={<IconButton size="sm" label={t('moreOf', { name: connector.name })} icon="ellipsis" />} items={[
            { label: t('edit'), icon: 'pencil', onSelect: () => ask({ ask: 'connector', system, connector }) },
            { separator: true }, { label: t('delete'), icon: 'trash-2', danger: true, onSelect: () => ask({ ask: 'delete', kind: 'connector', id: connector.id, name: connector.name }) },
          ]} />
        </span>
      </div>
      <DataTable label={t('endpointsOf', { name: connector.name })} rows={endpoints} rowKey={(each) => each.id} empty={<p className="px-5 py-3 text-xs text-muted">{t('noEndpoints')}</p>} columns={[
        { key: 'methods', label: t('methods'), width: 180, render: (each) => <span className="flex gap-1">{each.methods.map((method) => <Badge key={method}>{method.toUpperCase()}</Badge>)}</span> },
        { key: 'name', label: t('name'), width: '28%', render: (each) => <b className="text-sm font-medium">{each.name}</b> },
        { key: 'path', label: t('path'), render: (each) => <code className="mono text-muted">{each.path}</code> },
        { key: 'parameters', label: t('parameters'), width: 90, align: 'right', render: (each) => each.parameters.length },
        { key: 'act', label: <span className="sr-only">{t('actions')}</span>, width: 130, align: 'right', render: (each) => (
          <span className="inline-flex items-center gap-1">
            <Button size="sm" variant="ghost" icon="play" aria-label={t('testOf', { name: each.name })} onClick={() => ask({ ask: 'test', connector, endpoint: each })}>{t('test')}</Button>
            <Menu align="end" trigger={<IconButton size="sm" label={t('moreOf', { name: each.name })} icon="ellipsis" />} items={[
              { label: t('edit'), icon: 'pencil', onSelect: () => ask({ ask: 'endpoint', connector, endpoint: each }) },
              { separator: true }, { label: t('delete'), icon: 'trash-2', danger: true, onSelect: () => ask({ ask: 'delete', kind: 'endpoint', id: each.id, name: each.name }) },
            ]} />
          </span>) },
      ]} />
    </div>
  );
}
