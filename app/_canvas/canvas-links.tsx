'use client';
import { useTranslations } from 'next-intl';
import { memo } from 'react';
import type { FlowDiff } from '#flow/diff';
import type { RunState } from '#flow/run-state';
import styles from './canvas.module.css';
import { linkState } from './card-view';
import type { CanvasLayout, LinkShape } from './layout';

type Props = { layout: CanvasLayout; run: RunState | null; diff: FlowDiff | null; selected: ReadonlySet<string>; disabled: ReadonlySet<string> };

/** At most this many dashes move at once. */
const moving = 40;

export const CanvasLinks = memo(function CanvasLinks({ layout, run, diff, selected, disabled }: Props) {
  const t = useTranslations('canvas');
  const kinds = new Map(diff?.steps.map((each) => [each.stepId, each.kind]));
  let pulses = 0;
  return (
    <svg className={styles.links} aria-hidden role="presentation">
      <title>{t('links')}</title>
      {layout.links.map((link) => {
        const state = diff ? diffState(link, kinds) : linkState(run, link.from, link.to);
        const pulse = state === 'live' && ++pulses <= moving;
        return (
          <g key={link.id}>
            <path className={styles.link} d={link.path} data-link={`${link.from}:${link.to}`} data-state={state} data-on={(!run && (selected.has(link.from) || selected.has(link.to))) || undefined} data-through={disabled.has(link.from) || disabled.has(link.to) || undefined} />
            {pulse && <path className={styles.pulse} d={link.path} />}
          </g>
        );
      })}
    </svg>
  );
});

function diffState(link: LinkShape, kinds: ReadonlyMap<string, string>): string {
  const ends = [kinds.get(link.from), kinds.get(link.to)];
  if (ends.includes('removed')) return 'removed';
  return ends.includes('added') ? 'added' : 'quiet';
}
