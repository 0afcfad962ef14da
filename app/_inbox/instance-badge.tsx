'use client';
import { useTranslations } from 'next-intl';
import type { InstanceView } from '#db/instances';
import { instanceStates } from '#flow/instance-state';
import { StatusWord } from '../_ui/status-word';
import { instanceShapes } from './instance-state';

/** Where the newest workflow on an entry stands, in shape and word. */
export function InstanceBadge({ instance }: { instance: InstanceView }) {
  const t = useTranslations('inbox.instance');
  const state = instanceStates.find((each) => each === instance.state) ?? 'draft';
  return <span title={instance.flowName}><StatusWord status={instanceShapes[state]} size={13}>{t(`state.${state}`)}</StatusWord></span>;
}
