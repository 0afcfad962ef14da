'use client';
import { useStore, type ReactFlowState } from '@xyflow/react';
import { useTranslations } from 'next-intl';
import { memo, useId, useMemo } from 'react';
import type { FlowDiff } from '#flow/diff';
import { useRunShown } from './canvas-context';
import styles from './canvas.module.css';
import { linkState } from './card-view';
import { groundOf, inView, sameBox, tilesInView } from './in-view';
import { together, type LinkLook } from './link-look';
import type { Box, CanvasLayout, LaneBox, LinkShape } from './layout';

type Props = { layout: CanvasLayout; diff: FlowDiff | null; selected: ReadonlySet<string>; disabled: ReadonlySet<string> };

/** At most this many dashes move at once. */
const moving = 40;
/** Above this many, as from far away, those that look the same are one path. */
const drawnApart = 400;

const tilesOf = ({ transform: [x, y, zoom], width, height }: ReactFlowState) => tilesInView({ x, y, zoom, width, height });
/** The part of the canvas worth drawing. */
const useTiles = () => useStore(tilesOf, sameBox);

/** The links in view. A screen reader hears of them from the steps they lead to. */
export const CanvasLinks = memo(function CanvasLinks({ layout, diff, selected, disabled }: Props) {
  const t = useTranslations('canvas');
  const { run, fates } = useRunShown();
  const tiles = useTiles();
  const links = useMemo(() => inView(layout.links, tiles), [layout, tiles]);
  const kinds = useMemo(() => new Map([...(diff?.steps ?? []).map((each): [string, string] => [each.stepId, each.kind]), ...layout.lanes.flatMap((each): [string, string][] => stageKind(diff, each))]), [diff, layout]);
  const looks = links.map((link): LinkLook => ({
    link, state: diff ? diffState(link, kinds) : run && link.port === 'case' ? laneState[fates.get(link.lane) ?? 'open'] : linkState(run, link.from, link.to),
    on: !run && (selected.has(link.from) || selected.has(link.to)), through: disabled.has(link.from) || disabled.has(link.to),
  }));
  const live = looks.filter((each) => each.state === 'live').slice(0, moving);
  return (
    <svg className={styles.links} {...placeOf(groundOf(layout, tiles))} aria-hidden role="presentation">
      <title>{t('links')}</title>
      {looks.length > drawnApart
        ? together(looks).map(({ key, state, on, through, path }) => <path key={key} className={styles.link} d={path} data-state={state} data-on={on || undefined} data-through={through || undefined} />)
        : looks.map(({ link, state, on, through }) => <Link key={link.id} link={link} state={state} on={on} through={through} />)}
      {live.map(({ link }) => <path key={link.id} className={styles.pulse} d={link.path} />)}
    </svg>
  );
});

const Link = memo(function Link({ link, state, on, through }: LinkLook) {
  return <path className={styles.link} d={link.path} data-link={`${link.from}:${link.to}`} data-state={state} data-on={on || undefined} data-through={through || undefined} />;
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

/**
 * The ground with its dots: it moves with the cards, so that moving draws nothing again. Everything on the canvas stands on it and
 * within it: a browser then makes one layer of all of them, otherwise one of each stage, which it takes longer to put together.
 */
export const CanvasGround = memo(function CanvasGround({ layout }: { layout: CanvasLayout }) {
  const [tiles, id] = [useTiles(), useId()];
  const box = groundOf(layout, tiles);
  return (
    <svg className={styles.ground} {...placeOf(box)} aria-hidden role="presentation">
      <pattern id={id} x={-2} y={-2} width={20} height={20} patternUnits="userSpaceOnUse"><circle cx={1} cy={1} r={1} /></pattern>
      <rect {...box} fill={`url(#${id})`} />
    </svg>
  );
});

/** A drawing whose user space is that of the canvas. */
const placeOf = ({ x, y, width, height }: Box) => ({ style: { left: x, top: y }, width, height, viewBox: `${x} ${y} ${width} ${height}` });
