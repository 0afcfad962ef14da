'use client';
import { useReactFlow, useStore } from '@xyflow/react';
import { useTranslations } from 'next-intl';
import { Icon } from '../_ui/icon';
import styles from './canvas.module.css';

type Props = { map: boolean; onMap: () => void; onFit: () => void };

export function ZoomBar({ map, onMap, onFit }: Props) {
  const t = useTranslations('canvas');
  const flow = useReactFlow();
  const percent = useStore((state) => Math.round(state.transform[2] * 100));
  const step = (by: number) => void flow.zoomTo(Math.min(2, Math.max(0.1, Math.round((percent / 100 + by) * 10) / 10)), { duration: 120 });
  const button = (label: string, icon: string, onClick: () => void, pressed?: boolean) => (
    <button type="button" aria-label={label} title={label} aria-pressed={pressed} onClick={onClick}><Icon name={icon} size={14} /></button>
  );
  return (
    <div className={styles.zoombar} role="toolbar" aria-label={t('zoom')}>
      {button(t('zoomOut'), 'minus', () => step(-0.1))}
      <output>{percent} %</output>
      {button(t('zoomIn'), 'plus', () => step(0.1))}
      <hr />
      {button(t('fit'), 'maximize', onFit)}
      {button(t('minimap'), 'map', onMap, map)}
    </div>
  );
}
