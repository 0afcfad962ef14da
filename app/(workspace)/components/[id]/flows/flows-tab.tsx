'use client';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { FlowFacts } from '#flow/workspace-index';
import { useStartFlow } from '../../../../_data/flow-buttons';
import { Button, ButtonLink } from '../../../../_ui/button';
import { Empty } from '../../../../_ui/empty';
import { Icon } from '../../../../_ui/icon';
import styles from '../component.module.css';
import { NewFlow } from './new-flow';

type Props = { componentId: string; flows: readonly FlowFacts[]; can: { edit: boolean; run: boolean } };

/** The flows of a component: open, run what is published, make another. */
export function FlowsTab({ componentId, flows, can }: Props) {
  const t = useTranslations('component');
  const { start, busy } = useStartFlow();
  const [making, setMaking] = useState(false);
  const make = can.edit ? <Button variant="primary" icon="plus" onClick={() => setMaking(true)}>{t('flows.new')}</Button> : undefined;
  return (
    <>
      {make && <div className={styles.bar}>{make}</div>}
      <div className={styles.scroll}>
        {flows.length === 0 && <Empty title={t('flows.none')} why={t('flows.noneWhy')} action={make} />}
        <ul className={styles.flows}>
          {flows.map((flow) => (
            <li key={flow.id}>
              <span className={styles.tile}><Icon name={flow.kind === 'workflow' ? 'workflow' : 'layers'} size={15} /></span>
              <span className={styles.what}><Link href={`/flows/${flow.id}`}>{flow.name}</Link><small>{t(`flows.kind.${flow.kind}`)}{flow.restrictAccess && `, ${t('flows.restricted')}`}</small></span>
              <span className={styles.version}>{flow.publishedVersion === null ? t('flows.unpublished') : t('flows.version', { version: flow.publishedVersion })}</span>
              <ButtonLink variant="ghost" size="sm" icon="pencil" href={`/flows/${flow.id}`}>{t('flows.open')}</ButtonLink>
              {can.run && (
                <Button size="sm" icon="play" disabled={flow.publishedVersion === null || flow.kind === 'workflow' || busy.has(flow.id)} title={flow.publishedVersion === null ? t('flows.publishFirst') : flow.kind === 'workflow' ? t('flows.fromEntry') : undefined}
                  onClick={() => void start(flow, null)}>{t('flows.run')}</Button>
              )}
            </li>
          ))}
        </ul>
      </div>
      <NewFlow open={making} onClose={() => setMaking(false)} componentId={componentId} />
    </>
  );
}
