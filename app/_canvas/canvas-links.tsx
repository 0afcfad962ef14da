'use client';
import { useTranslations } from 'next-intl';
import { memo } from 'react';
import type { FlowDiff } from '#flow/diff';
import type { RunState } from '#flow/run-state';
import styles from './canvas.module.css';
import { linkState } from './card-view';
import type { LaneFate } from './lane-fate';
import type { CanvasLayout, LaneBox, LinkShape } from './layout';

type Props = { layout: CanvasLayout; run: RunState | null; fates: ReadonlyMap<string, LaneFate>; diff: FlowDiff | null; selected: ReadonlySet<string>; disabled: ReadonlySet<string> };

/** At most this many dashes move at once. */
const moving = 40;

export const CanvasLinks = memo(function CanvasLinks({ layout, run, fates, diff, selected, disabled }: Props) {
  const t = useTranslations('canvas');
  const kinds = new Map([...(diff?.steps ?? []).map((each): [string, string] => [each.stepId, each.kind]), ...layout.lanes.flatMap((each): [string, string][] => stageKind(diff, each))]);
  let pulses = 0;
  return (
    <svg className={styles.links} aria-hidden role="presentation">
      <title>{t('links')}</title>
      {layout.links.map((link) => {
        const state = diff ? diffState(link, kinds) : run && link.port === 'case' ? laneState[fates.get(link.lane) ?? 'open'] : linkState(run, link.from, link.to);
        const pulse = state === 'live' && ++pulses <= moving;
        const on = !run && (selected.has(link.from) || selected.has(link.to));
        return <Link key={link.id} link={link} state={state} on={on} through={disabled.has(link.from) || disabled.has(link.to)} pulse={pulse} />;
      })}
    </svg>
  );
});

type LinkProps = { link: LinkShape; state: string; on: boolean; through: boolean; pulse: boolean };

const Link = memo(function Link({ link, state, on, through, pulse }: LinkProps) {
  return (
    <g>
      <path className={styles.link} d={link.path} data-link={`${link.from}:${link.to}`} data-state={state} data-on={on || undefined} data-through={through || undefined} />
      {pulse && <path className={styles.pulse} d={link.path} />}
    </g>
  );
});

/** The way into a branch: it does not wait for the first step in it to end. */
const laneState = { taken: 'done', passed: 'off', open: 'off' } as const;

function stageKind(diff: FlowDiff | null, { lane, stage }: LaneBox): [string, string][] {
  const kind = diff?.stages.find((each) => each.stageId === stage?.id)?.kind;
  return kind ? [[lane.id, kind]] : [];
}

function diffState(link: LinkShape, kinds: ReadonlyMap<string, string>): string {
  const ends = [kinds.get(link.from), kinds.get(link.port === 'case' ? link.lane : link.to)];
  if (ends.includes('removed')) return 'removed';
  return ends.includes('added') ? 'added' : 'quiet';
}
